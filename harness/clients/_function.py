"""FunctionModel: a model that is a function of what it is asked."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any, Literal

from pydantic import BaseModel

from agentchat.core import CancellationToken, FunctionCall
from agentchat.core.models import CreateResult, LLMMessage, ModelInfo
from agentchat.core.tools import Tool, ToolSchema
from agentchat.ext.models._cache_key import Call
from agentchat.ext.models._interruption import interrupting, raise_if_cancelled
from harness.errors import UsageError
from harness.offline import OfflineClient
from harness.script import pieces


@dataclass(frozen=True, slots=True)
class CallSettings:
    """What a model is asked beside the messages and the tools."""

    tool_choice: Tool | Literal["auto", "required", "none"] = "auto"
    json_output: bool | type[BaseModel] | None = None
    extra_create_args: Mapping[str, Any] = field(default_factory=dict)


Whole = str | CreateResult | Sequence[FunctionCall]
"""An answer: a text, a result, or calls of tools."""

Answered = Whole | Awaitable[Whole] | AsyncIterator[Whole]
"""An answer, one that must be waited for, or one in pieces: texts that add up, or at the end a
result or calls."""

Function = Callable[[Sequence[LLMMessage], Sequence[Tool | ToolSchema], CallSettings], Answered]
"""Answers a call."""


class FunctionModel(OfflineClient):
    """Answers with what a function returns, in `create` and in `create_stream` alike.

    A text is streamed word by word, and pieces as they come. A result is taken as it is; for
    anything else usage is estimated.

    Args:
        function: Answers a call; sync, async, or an async generator of pieces.
        model: What prices and ledgers call the model.
        model_info: What the model is said to be capable of; everything by default.

    Raises:
        UsageError: From `create` and `create_stream`, when the function returns something else.
    """

    def __init__(
        self, function: Function, *, model: str = "function", model_info: ModelInfo | None = None
    ) -> None:
        super().__init__(model, model_info)
        self._function = function

    async def _pieces(
        self, call: Call, token: CancellationToken | None
    ) -> AsyncGenerator[str | CreateResult, None]:
        raise_if_cancelled(token)
        settings = CallSettings(call.tool_choice, call.json_output, call.extra_create_args)
        answered = self._function(call.messages, call.tools, settings)
        said: list[str] = []
        rest: CreateResult | list[FunctionCall] | None = None
        async with aclosing(_items(answered, token)) as items:
            async for item in items:
                raise_if_cancelled(token)
                if isinstance(item, str):
                    said.append(item)
                    yield item
                else:
                    rest = item
        result = rest if isinstance(rest, CreateResult) else self._made(call, "".join(said), rest)
        self._count(result)
        yield result

    def _made(self, call: Call, text: str, calls: list[FunctionCall] | None) -> CreateResult:
        return CreateResult(
            content=calls or text,
            thought=text if calls and text else None,
            finish_reason="function_calls" if calls else "stop",
            usage=self._estimated(call, text, calls or ()),
            cached=False,
        )


async def _items(
    answered: Answered, token: CancellationToken | None
) -> AsyncGenerator[str | CreateResult | list[FunctionCall], None]:
    """An answer as pieces of text, and at the end what is no text."""
    if isinstance(answered, AsyncIterator):
        try:
            while True:
                with interrupting(token):
                    piece = await anext(answered, None)
                if piece is None:
                    return
                yield _checked(piece)
        finally:
            if isinstance(answered, AsyncGenerator):
                await answered.aclose()
    with interrupting(token):
        whole = _checked(await answered if isawaitable(answered) else answered)
    text = whole.content if isinstance(whole, CreateResult) else whole
    for piece in pieces(text) if isinstance(text, str) else ():
        yield piece
    if not isinstance(whole, str):
        yield whole


def _checked(answer: Any) -> str | CreateResult | list[FunctionCall]:
    if isinstance(answer, str | CreateResult):
        return answer
    is_list = isinstance(answer, list | tuple) and bool(answer)
    if is_list and all(isinstance(each, FunctionCall) for each in answer):
        return list(answer)
    raise UsageError(
        f"The function of a FunctionModel returned {answer!r}. A model answers with a text, a "
        "CreateResult, a list of FunctionCall, or an async iterator of texts."
    )
