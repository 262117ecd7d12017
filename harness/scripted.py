"""ScriptedModel: a model whose replies the test writes down.

model = ScriptedModel(call("search", query="cats"), say("Cats purr."))
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel

from agentchat.core import CancellationToken, FunctionCall
from agentchat.core._usage import report_usage
from agentchat.core.models import (
    ChatCompletionClient,
    CreateResult,
    FinishReasons,
    FunctionExecutionResultMessage,
    LLMMessage,
    ModelCapabilities,
    ModelFamily,
    ModelInfo,
    RequestUsage,
    SystemMessage,
)
from agentchat.core.tools import Tool, ToolSchema
from harness.script import Asked, HttpFailure, Performance, Reply, Tokens, When, pieces
from harness.trace import canonical

_ABLE = ModelInfo(
    vision=True,
    function_calling=True,
    json_output=True,
    structured_output=True,
    family=ModelFamily.UNKNOWN,
    multiple_system_messages=True,
)


class ScriptedFailure(Exception):
    """What a scripted `fail` step raises.

    Args:
        failure: The HTTP error that the step stands for.
    """

    def __init__(self, failure: HttpFailure) -> None:
        self.status = failure.status
        self.retry_after = failure.retry_after
        super().__init__(f"{failure.status}: {failure.message}")


def say(
    text: str, *, think: str | None = None, usage: Tokens | None = None, when: When | None = None
) -> Reply:
    """A step that answers with text."""
    return Reply(say=text, think=think, usage=usage, when=when or When())


def call(tool: str, /, **arguments: Any) -> Reply:
    """A step that calls one tool; several at once are `calls`."""
    return Reply(call=({tool: arguments},))


def calls(*requests: Mapping[str, Mapping[str, Any]]) -> Reply:
    """A step that calls several tools at once: `calls({"add": {"a": 1}}, {"add": {"a": 2}})`."""
    return Reply(call=requests)


def fail(status: int, message: str = "The script says so.") -> Reply:
    """A step that raises `ScriptedFailure`; over HTTP it is an answer with that status."""
    return Reply(fail=HttpFailure(status=status, message=message))


class ScriptedModel(ChatCompletionClient):
    """Answers with its steps: each once, the first unused one that fits the request.

    Args:
        steps: `say`, `call`, `calls`, `fail`, or whole `Reply` records; a text is a `say`.
        model: The name that `When.model` is held against, and by which it has a price.
        model_info: What the model is said to be capable of; everything by default.

    Raises:
        UnexpectedModelCall: From `create` and `create_stream`, when no step is left that fits.
    """

    def __init__(
        self, *steps: Reply | str, model: str = "scripted", model_info: ModelInfo | None = None
    ) -> None:
        self._performance = Performance([s if isinstance(s, Reply) else say(s) for s in steps])
        self._model = model
        self._model_info = model_info or _ABLE
        self._total = RequestUsage(prompt_tokens=0, completion_tokens=0)
        self._calls = 0

    def assert_complete(self) -> None:
        """Makes sure that every step has been used.

        Raises:
            UnusedReplies: Some were not asked for.
        """
        self._performance.assert_complete()

    async def create(
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = [],
        tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
        json_output: bool | type[BaseModel] | None = None,
        extra_create_args: Mapping[str, Any] = {},
        cancellation_token: CancellationToken | None = None,
    ) -> CreateResult:
        _raise_if_cancelled(cancellation_token)
        reply = self._performance.answer(self._asked(messages, tools))
        if reply.fail is not None:
            raise ScriptedFailure(reply.fail)
        self._calls += 1
        usage = self._usage(reply, messages)
        self._total = RequestUsage(
            prompt_tokens=self._total.prompt_tokens + usage.prompt_tokens,
            completion_tokens=self._total.completion_tokens + usage.completion_tokens,
        )
        report_usage(self._model, usage)
        return CreateResult(
            content=self._content(reply),
            finish_reason=_finish_reason(reply),
            usage=usage,
            cached=False,
            thought=reply.think or (reply.say if reply.calls else None),
        )

    async def create_stream(
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = [],
        tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
        json_output: bool | type[BaseModel] | None = None,
        extra_create_args: Mapping[str, Any] = {},
        cancellation_token: CancellationToken | None = None,
    ) -> AsyncGenerator[str | CreateResult, None]:
        result = await self.create(messages, tools=tools, cancellation_token=cancellation_token)
        if isinstance(result.content, str):
            for piece in pieces(result.content):
                _raise_if_cancelled(cancellation_token)
                yield piece
        yield result

    async def close(self) -> None:
        """There is nothing to close."""

    def actual_usage(self) -> RequestUsage:
        """Tokens of all answers so far."""
        return self._total

    def total_usage(self) -> RequestUsage:
        """Tokens of all answers so far."""
        return self._total

    def count_tokens(
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = [],
    ) -> int:
        """About four characters a token."""
        return sum(4 + len(_text(message)) // 4 for message in messages)

    def remaining_tokens(
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = [],
    ) -> int:
        """As of a context of 128,000 tokens."""
        return 128_000 - self.count_tokens(messages)

    @property
    def model_name(self) -> str:
        """What prices and ledgers call it."""
        return self._model

    @property
    def capabilities(self) -> ModelCapabilities:
        """The first three of `model_info`."""
        info = self._model_info
        return ModelCapabilities(
            vision=info["vision"],
            function_calling=info["function_calling"],
            json_output=info["json_output"],
        )

    @property
    def model_info(self) -> ModelInfo:
        """What the model is said to be capable of."""
        return self._model_info

    def _asked(self, messages: Sequence[LLMMessage], tools: Sequence[Tool | ToolSchema]) -> Asked:
        systems = (message for message in messages if isinstance(message, SystemMessage))
        return Asked(
            model=self._model,
            system="\n".join(map(_text, systems)),
            last=_text(messages[-1]) if messages else "",
            tools=tuple(tool["name"] if isinstance(tool, dict) else tool.name for tool in tools),
        )

    def _content(self, reply: Reply) -> str | list[FunctionCall]:
        if not reply.calls:
            return reply.say or reply.refuse or ""
        return [
            FunctionCall(id=f"call_{self._calls}_{n}", name=name, arguments=canonical(arguments))
            for n, (name, arguments) in enumerate(reply.calls)
        ]

    def _usage(self, reply: Reply, messages: Sequence[LLMMessage]) -> RequestUsage:
        if reply.usage is not None:
            return RequestUsage(
                prompt_tokens=reply.usage.prompt, completion_tokens=reply.usage.completion
            )
        answered = len(reply.say or "") + sum(len(canonical(each)) for each in reply.calls)
        return RequestUsage(
            prompt_tokens=self.count_tokens(messages), completion_tokens=1 + answered // 4
        )


def _raise_if_cancelled(cancellation_token: CancellationToken | None) -> None:
    if cancellation_token is not None and cancellation_token.is_cancelled():
        raise asyncio.CancelledError


def _finish_reason(reply: Reply) -> FinishReasons:
    finish = reply.finish or ("tool_calls" if reply.calls else "stop")
    return "function_calls" if finish == "tool_calls" else finish


def _text(message: LLMMessage) -> str:
    if isinstance(message, FunctionExecutionResultMessage):
        return "\n".join(result.content for result in message.content)
    content = message.content
    if isinstance(content, str):
        return content
    return "\n".join(part for part in content if isinstance(part, str))
