"""ObservedClient: a model client whose calls are told to the trial's log."""

from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from agentchat.core import CancellationToken, _world
from agentchat.core._strands import strand
from agentchat.core._usage import UsageLedger
from agentchat.core.models import ChatCompletionClient, CreateResult, ModelCapabilities
from agentchat.core.tools import Tool, ToolSchema
from agentchat.ext.models._cache_key import Call
from agentchat.ext.models._wrapping_client import TransparentClient
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


class ObservedClient(TransparentClient):
    """A client that answers as the one it wraps, and tells of each answer.

    A call that fails, or that is given up before its end, is not told of.
    """

    def __init__(self, client: ChatCompletionClient, model: Model, log: EventLog) -> None:
        super().__init__(client)
        self._model = model
        self._log = log

    @property
    def model_name(self) -> str:
        """What prices and ledgers call the model."""
        return self._model.name

    @property
    def capabilities(self) -> ModelCapabilities:
        """As the client says."""
        return self.client.capabilities

    async def _answer(self, call: Call, token: CancellationToken | None) -> CreateResult:
        observed = _Observed(self._model, self._log, call)
        with observed.being_served():
            result = await self.client.create(
                call.messages, **call.options(), cancellation_token=token
            )
        observed.answered(result)
        return result

    async def _pieces(
        self, call: Call, token: CancellationToken | None
    ) -> AsyncGenerator[str | CreateResult, None]:
        observed = _Observed(self._model, self._log, call)
        stream = self.client.create_stream(
            call.messages, **call.options(), cancellation_token=token
        )
        chunks = 0
        async with aclosing(stream):
            while True:
                # Not around the yield: the consumer's own calls are not this one's.
                with observed.being_served():
                    item = await anext(stream, None)
                if item is None:
                    return
                if isinstance(item, CreateResult):
                    observed.answered(item, chunks)
                chunks += 1
                yield item


class _Observed:
    """One call under way: who asks what, since when, and what serves it."""

    def __init__(self, model: Model, log: EventLog, call: Call) -> None:
        self._model = model
        self._log = log
        self._path = _world.path()
        self._began = strand.get().moment()
        self._began_ns = log.at_ns
        self._prompt = tuple(call.messages)
        self._tools = tuple(_schema(tool) for tool in call.tools)
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
