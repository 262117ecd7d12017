"""ObservedClient: a model client whose calls are told to the trial's log."""

from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from agentchat.core import CancellationToken, _world
from agentchat.core._component import ComponentModel
from agentchat.core._strands import strand
from agentchat.core._usage import UsageLedger
from agentchat.core.models import (
    ChatCompletionClient,
    CreateResult,
    LLMMessage,
    ModelCapabilities,
    ModelInfo,
    RequestUsage,
)
from agentchat.core.tools import Tool, ToolSchema
from harness.event_log import EventLog
from harness.prices import price_of
from harness.session import served
from harness.trace import ModelCalled, Usage

Origin = Literal["live", "recorded", "replayed", "scripted", "cached"]
"""Where an answer came from."""


@dataclass(frozen=True)
class Model:
    """What a trace says of the model behind a client."""

    name: str

    origin: Callable[[CreateResult, Sequence[str]], Origin]
    """Tells it from the answer, and from the cassette's interactions that served it."""


class ObservedClient(ChatCompletionClient):
    """A client that answers as the one it wraps, and tells of each answer.

    A call that fails, or that is given up before its end, is not told of.
    """

    def __init__(self, client: ChatCompletionClient, model: Model, log: EventLog) -> None:
        self._client = client
        self._model = model
        self._log = log

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
        call = _Call(self._model, self._log, messages, tools)
        with call.being_served():
            result = await self._client.create(
                messages,
                tools=tools,
                tool_choice=tool_choice,
                json_output=json_output,
                extra_create_args=extra_create_args,
                cancellation_token=cancellation_token,
            )
        call.answered(result)
        return result

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
        call = _Call(self._model, self._log, messages, tools)
        stream = self._client.create_stream(
            messages,
            tools=tools,
            tool_choice=tool_choice,
            json_output=json_output,
            extra_create_args=extra_create_args,
            cancellation_token=cancellation_token,
        )
        chunks = 0
        async with aclosing(stream):
            while True:
                # Not around the yield: the consumer's own calls are not this one's.
                with call.being_served():
                    item = await anext(stream, None)
                if item is None:
                    return
                if isinstance(item, CreateResult):
                    call.answered(item, chunks)
                chunks += 1
                yield item

    async def close(self) -> None:
        await self._client.close()

    def actual_usage(self) -> RequestUsage:
        return self._client.actual_usage()

    def total_usage(self) -> RequestUsage:
        return self._client.total_usage()

    def count_tokens(
        self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []
    ) -> int:
        return self._client.count_tokens(messages, tools=tools)

    def remaining_tokens(
        self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []
    ) -> int:
        return self._client.remaining_tokens(messages, tools=tools)

    @property
    def model_name(self) -> str:
        """What prices and ledgers call the model."""
        return self._model.name

    @property
    def capabilities(self) -> ModelCapabilities:
        return self._client.capabilities

    @property
    def model_info(self) -> ModelInfo:
        return self._client.model_info

    def dump_component(self) -> ComponentModel:
        """The configuration of the client itself; that it is observed is not part of it."""
        return self._client.dump_component()


class _Call:
    """One call under way: who asks what, since when, and what serves it."""

    def __init__(
        self,
        model: Model,
        log: EventLog,
        messages: Sequence[LLMMessage],
        tools: Sequence[Tool | ToolSchema],
    ) -> None:
        self._model = model
        self._log = log
        self._path = _world.path()
        self._began = strand.get().moment()
        self._began_ns = log.at_ns
        self._prompt = tuple(messages)
        self._tools = tuple(_schema(tool) for tool in tools)
        self._interactions: list[str] = []
        self._ledger = UsageLedger()

    @contextmanager
    def being_served(self) -> Iterator[None]:
        """A block in which interactions of the cassette and usage are noted as this call's."""
        token = served.set(self._interactions)
        try:
            with self._ledger:
                yield
        finally:
            served.reset(token)

    def answered(self, result: CreateResult, chunks: int = 0) -> None:
        """Tells of the answer."""
        details = self._ledger.total_usage()
        usage = Usage(
            prompt_tokens=result.usage.prompt_tokens,
            completion_tokens=result.usage.completion_tokens,
            cached_tokens=details.cached_tokens,
            reasoning_tokens=details.reasoning_tokens,
        )
        at_ns = self._log.at_ns
        told = ModelCalled(
            number=0,
            at_ns=at_ns,
            agent=self._path[-1].partition("#")[0] if self._path else "",
            path=self._path,
            call=1,
            model=self._model.name,
            kept=0,
            messages=(),
            tools=self._tools,
            answer=_answer(result),
            thought=result.thought,
            finish_reason=result.finish_reason,
            usage=usage,
            usd=price_of(self._model.name, usage, _world.now()),
            origin=self._model.origin(result, self._interactions),
            interactions=tuple(self._interactions),
            duration_ns=at_ns - self._began_ns,
            chunks=chunks,
        )
        self._log.called(self._began, told, self._prompt)


def _schema(tool: Tool | ToolSchema) -> dict[str, Any]:
    return dict(tool if isinstance(tool, Mapping) else tool.schema)


def _answer(result: CreateResult) -> str | tuple[dict[str, Any], ...]:
    if isinstance(result.content, str):
        return result.content
    return tuple(
        {"id": call.id, "name": call.name, "arguments": call.arguments} for call in result.content
    )
