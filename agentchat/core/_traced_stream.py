"""An agent's stream in a span: each step stands in it, and its consumer never does."""

from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager, aclosing
from importlib import import_module
from types import TracebackType
from typing import Any, TypeVar

from agentchat.core._ids import AgentId
from agentchat.core._streams import stepped
from agentchat.core._telemetry import (
    TRACER_NAME,
    Span,
    TracerProvider,
    configured_provider,
    invocation_attributes,
    note_failure,
)

T = TypeVar("T")


class _Within:
    """A block that stands in a span and leaves it open; one after the other may use it."""

    def __init__(self, span: Span) -> None:
        self._span = span
        self._block: AbstractContextManager[Any]

    def __enter__(self) -> None:
        # Whoever has a span has OpenTelemetry.
        trace = import_module("opentelemetry.trace")
        self._block = trace.use_span(
            self._span, record_exception=False, set_status_on_exception=False
        )
        self._block.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._block.__exit__(kind, error, traceback)


def invoked(
    steps: AsyncGenerator[T, None], name: str, description: str, agent_id: AgentId | None = None
) -> AsyncGenerator[T, None]:
    """The stream, in an `invoke_agent` span where somebody traces.

    Args:
        steps: What an agent does to answer.
        name: What the agent is called.
        description: What the agent says it does.
        agent_id: On whose behalf its code runs, in a team.
    """
    provider = configured_provider()
    if provider is None:
        return steps
    known_as = None if agent_id is None else str(agent_id)
    return _invoked(steps, provider, name, invocation_attributes(name, known_as, description))


async def _invoked(
    steps: AsyncGenerator[T, None], provider: TracerProvider, name: str, facts: dict[str, str]
) -> AsyncGenerator[T, None]:
    trace = import_module("opentelemetry.trace")
    span = provider.get_tracer(TRACER_NAME).start_span(
        f"invoke_agent {name}", kind=trace.SpanKind.CLIENT, attributes=facts
    )
    try:
        async with aclosing(stepped(steps, _Within(span))) as items:
            async for item in items:
                yield item
    except Exception as error:
        note_failure(span, error)
        raise
    finally:
        span.end()
