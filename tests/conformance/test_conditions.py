"""Every termination condition that we have, alone and combined, keeps its promises."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest

from agentchat.base import TerminationCondition
from agentchat.conditions import (
    ExternalTermination,
    FunctionalTermination,
    FunctionCallTermination,
    HandoffTermination,
    MaxMessageTermination,
    SourceMatchTermination,
    StopMessageTermination,
    TextMentionTermination,
    TextMessageTermination,
    TimeoutTermination,
    TokenUsageTermination,
)
from agentchat.core.models import FunctionExecutionResult, RequestUsage
from agentchat.messages import (
    BaseAgentEvent,
    BaseChatMessage,
    HandoffMessage,
    StopMessage,
    TextMessage,
    ThoughtEvent,
    ToolCallExecutionEvent,
)
from harness.conformance import check_condition

Messages = Sequence[BaseAgentEvent | BaseChatMessage]

EVENT = ThoughtEvent(content="hm", source="critic")
TASK = StopMessage(content="Write a poem.", source="user")
DRAFT = HandoffMessage(content="Here it is.", source="writer", target="critic")
CALLED = ToolCallExecutionEvent(
    source="writer", content=[FunctionExecutionResult(content="ok", name="rhyme", call_id="1")]
)


def text(content: str, source: str = "writer", tokens: int = 0) -> TextMessage:
    usage = RequestUsage(prompt_tokens=tokens, completion_tokens=tokens)
    return TextMessage(content=content, source=source, models_usage=usage)


def is_said(messages: Messages) -> bool:
    return any(message.to_text() == "done" for message in messages)


async def is_said_later(messages: Messages) -> bool:
    return is_said(messages)


class Case(NamedTuple):
    make: Callable[[], TerminationCondition]
    story: Messages
    prepare: Callable[[Any], None] = lambda condition: None


def late(condition: ExternalTermination) -> None:
    condition.set()


CASES = {
    "messages": Case(lambda: MaxMessageTermination(3), [TASK, EVENT, DRAFT, EVENT, text("done")]),
    "messages and events": Case(
        lambda: MaxMessageTermination(3, include_agent_event=True), [TASK, EVENT, DRAFT]
    ),
    "text": Case(lambda: TextMentionTermination("done"), [TASK, DRAFT, EVENT, text("done")]),
    "text of a source": Case(
        lambda: TextMentionTermination("done", sources=["critic"]),
        [TASK, text("done"), text("all done", source="critic")],
    ),
    "stop message": Case(
        StopMessageTermination, [DRAFT, EVENT, StopMessage(content="enough", source="critic")]
    ),
    "text message": Case(
        lambda: TextMessageTermination("critic"), [text("a"), EVENT, text("b", source="critic")]
    ),
    "source": Case(lambda: SourceMatchTermination(["critic"]), [TASK, DRAFT, text("a"), EVENT]),
    "handoff": Case(lambda: HandoffTermination("critic"), [TASK, EVENT, text("a"), DRAFT]),
    "function call": Case(lambda: FunctionCallTermination("rhyme"), [TASK, DRAFT, CALLED]),
    "tokens": Case(
        lambda: TokenUsageTermination(max_total_token=100, max_prompt_token=30),
        [TASK, text("a", tokens=10), EVENT, text("b", tokens=10), text("c", tokens=10)],
    ),
    "time": Case(lambda: TimeoutTermination(0), [TASK]),
    "from outside": Case(ExternalTermination, [TASK], late),
    "function": Case(lambda: FunctionalTermination(is_said), [TASK, EVENT, text("done")]),
    "async function": Case(lambda: FunctionalTermination(is_said_later), [TASK, text("done")]),
    "and": Case(
        lambda: TextMentionTermination("done") & MaxMessageTermination(3),
        [TASK, text("done"), EVENT, DRAFT],
    ),
    "and, the other first": Case(
        lambda: MaxMessageTermination(2) & TextMentionTermination("done"),
        [TASK, DRAFT, EVENT, text("done")],
    ),
    "or": Case(
        lambda: HandoffTermination("nobody") | TextMentionTermination("done"),
        [TASK, DRAFT, EVENT, text("done")],
    ),
    "nested": Case(
        lambda: (
            StopMessageTermination() & (MaxMessageTermination(9) | TextMentionTermination("done"))
        ),
        [TASK, DRAFT, EVENT, text("done")],
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_keeps_its_promises(case: Case) -> None:
    await check_condition(case.make, case.story, case.prepare)
