"""Spans of agents and tools, in the words of OpenTelemetry's GenAI conventions.

OpenTelemetry is no dependency. A tracer is there when the caller passes one, or when the program
has set a provider; to do so it must have imported OpenTelemetry itself, so this module never does
that first. Without a tracer a span costs next to nothing.
"""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib import import_module
from typing import Any, Literal

# OpenTelemetry's classes; it need not be installed, neither to run nor to check types.
Span = Any
Tracer = Any
TracerProvider = Any

_SYSTEM = "autogen"
TRACER_NAME = "autogen-core"
"""Under which name the spans are made."""


class NoSpan:
    """Stands in for a span where nobody traces; it takes every call and keeps nothing."""

    __slots__ = ()

    def is_recording(self) -> bool:
        """Always False: what would be noted here is lost."""
        return False

    def set_attribute(self, key: str, value: object) -> None:
        """Does nothing."""

    def set_attributes(self, attributes: object) -> None:
        """Does nothing."""

    def add_event(self, name: str, *_: object, **__: object) -> None:
        """Does nothing."""

    def record_exception(self, exception: BaseException, *_: object, **__: object) -> None:
        """Does nothing."""

    def set_status(self, *_: object, **__: object) -> None:
        """Does nothing."""

    def update_name(self, name: str) -> None:
        """Does nothing."""


UNTRACED: AbstractContextManager[Any] = nullcontext(NoSpan())
"""The block that is opened where nobody traces; may be opened many times at once."""


def configured_provider() -> TracerProvider | None:
    """The provider that the program has set for the whole process, if any."""
    trace = sys.modules.get("opentelemetry.trace")
    if trace is None:
        return None
    provider = trace.get_tracer_provider()
    silent = (trace.ProxyTracerProvider, trace.NoOpTracerProvider)
    return None if isinstance(provider, silent) else provider


def trace_create_agent_span(
    agent_name: str,
    *,
    tracer: Tracer | None = None,
    parent: Span | None = None,
    agent_id: str | None = None,
    agent_description: str | None = None,
) -> AbstractContextManager[Any]:
    """A block in which an agent is made; yields its span.

    Args:
        agent_name: What the agent is called.
        tracer: Whom to tell; by default the tracer of the provider that the program has set.
        parent: The span to hang it under; by default the current one.
        agent_id: Tells the agent from others of its name.
        agent_description: What the agent says it does.
    """
    facts = _agent(agent_name, agent_id, agent_description)
    return _span("create_agent", agent_name, "CLIENT", tracer, parent, facts)


def trace_invoke_agent_span(
    agent_name: str,
    *,
    tracer: Tracer | None = None,
    parent: Span | None = None,
    agent_id: str | None = None,
    agent_description: str | None = None,
) -> AbstractContextManager[Any]:
    """A block in which an agent answers; yields its span.

    Args:
        agent_name: What the agent is called.
        tracer: Whom to tell; by default the tracer of the provider that the program has set.
        parent: The span to hang it under; by default the current one.
        agent_id: Tells the agent from others of its name.
        agent_description: What the agent says it does.
    """
    facts = _agent(agent_name, agent_id, agent_description)
    return _span("invoke_agent", agent_name, "CLIENT", tracer, parent, facts)


def trace_tool_span(
    tool_name: str,
    *,
    tracer: Tracer | None = None,
    parent: Span | None = None,
    tool_description: str | None = None,
    tool_call_id: str | None = None,
) -> AbstractContextManager[Any]:
    """A block in which a tool runs; yields its span.

    Args:
        tool_name: What the tool is called.
        tracer: Whom to tell; by default the tracer of the provider that the program has set.
        parent: The span to hang it under; by default the current one.
        tool_description: What the tool says it does.
        tool_call_id: The model's name for this call.
    """
    facts = {
        "gen_ai.tool.name": tool_name,
        "gen_ai.tool.description": tool_description,
        "gen_ai.tool.call.id": tool_call_id,
    }
    return _span("execute_tool", tool_name, "INTERNAL", tracer, parent, facts)


def _agent(name: str, agent_id: str | None, description: str | None) -> dict[str, str | None]:
    return {
        "gen_ai.agent.name": name,
        "gen_ai.agent.id": agent_id,
        "gen_ai.agent.description": description,
    }


def _span(
    operation: str,
    name: str,
    kind: Literal["CLIENT", "INTERNAL"],
    tracer: Tracer | None,
    parent: Span | None,
    facts: dict[str, str | None],
) -> AbstractContextManager[Any]:
    if tracer is None:
        provider = configured_provider()
        if provider is None:
            return UNTRACED
        tracer = provider.get_tracer(TRACER_NAME)
    return _recorded(tracer, f"{operation} {name}", kind, parent, _attributes(operation, facts))


def invocation_attributes(
    agent_name: str, agent_id: str | None, agent_description: str | None
) -> dict[str, str]:
    """What is known of an agent that answers."""
    return _attributes("invoke_agent", _agent(agent_name, agent_id, agent_description))


def _attributes(operation: str, facts: dict[str, str | None]) -> dict[str, str]:
    attributes = {"gen_ai.operation.name": operation, "gen_ai.system": _SYSTEM, **facts}
    return {key: value for key, value in attributes.items() if value is not None}


@contextmanager
def _recorded(
    tracer: Tracer, name: str, kind: str, parent: Span | None, attributes: dict[str, str]
) -> Iterator[Any]:
    # Whoever has a tracer has OpenTelemetry; nobody else comes here.
    trace = import_module("opentelemetry.trace")
    with tracer.start_as_current_span(
        name,
        kind=trace.SpanKind[kind],
        attributes=attributes,
        context=None if parent is None else trace.set_span_in_context(parent),
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield span
        except Exception as error:
            note_failure(span, error)
            raise


def note_failure(span: Span, error: Exception) -> None:
    """Tells a span what was raised in it."""
    trace = import_module("opentelemetry.trace")
    span.record_exception(error)
    span.set_status(trace.Status(trace.StatusCode.ERROR, str(error)))
    span.set_attribute("error.type", type(error).__name__)
