"""Every model context that we have keeps its promises."""

from collections.abc import Callable

import pytest

from agentchat.core.model_context import (
    BufferedChatCompletionContext,
    ChatCompletionContext,
    HeadAndTailChatCompletionContext,
    SummarizingChatCompletionContext,
    TokenLimitedChatCompletionContext,
    UnboundedChatCompletionContext,
)
from harness.conformance import check_model_context
from harness.scripted import ScriptedModel

CONTEXTS: dict[str, Callable[[], ChatCompletionContext]] = {
    "unbounded": UnboundedChatCompletionContext,
    "buffered, one message": lambda: BufferedChatCompletionContext(1),
    "buffered": lambda: BufferedChatCompletionContext(4),
    "head and tail": lambda: HeadAndTailChatCompletionContext(2, 2),
    "head and tail, unlike": lambda: HeadAndTailChatCompletionContext(1, 4),
    "token limited": lambda: TokenLimitedChatCompletionContext(ScriptedModel(), token_limit=25),
    "token limited by the model": lambda: TokenLimitedChatCompletionContext(ScriptedModel()),
    "summarizing": lambda: SummarizingChatCompletionContext(
        ScriptedModel("It was about this and that."), token_limit=30, keep=3
    ),
}


@pytest.mark.parametrize("make", CONTEXTS.values(), ids=CONTEXTS.keys())
async def test_keeps_its_promises(make: Callable[[], ChatCompletionContext]) -> None:
    await check_model_context(make)
