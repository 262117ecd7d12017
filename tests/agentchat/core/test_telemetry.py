import sys

import pytest

from agentchat.core import (
    trace_create_agent_span,
    trace_invoke_agent_span,
    trace_tool_span,
)
from agentchat.core._telemetry import NoSpan, configured_provider


class FakeSpan:
    def __init__(self, name: str, facts: dict) -> None:
        self.name = name
        self.facts = facts
        self.told: list[tuple] = []

    def __getattr__(self, call: str):
        return lambda *arguments: self.told.append((call, *arguments))


class FakeTracer:
    """Keeps the spans it has opened."""

    def __init__(self) -> None:
        self.spans: list[FakeSpan] = []

    def start_as_current_span(self, name: str, **facts):
        from contextlib import nullcontext

        self.spans.append(FakeSpan(name, facts))
        return nullcontext(self.spans[-1])


@pytest.mark.parametrize(
    "span", [trace_create_agent_span, trace_invoke_agent_span, trace_tool_span]
)
def test_without_a_tracer_a_span_takes_every_call_and_keeps_nothing(span):
    with span("name") as opened:
        opened.set_attribute("key", 1)
        opened.set_attributes({"key": 1})
        opened.add_event("event", {})
        opened.record_exception(KeyError())
        opened.set_status("ok")
        opened.update_name("other")

    assert isinstance(opened, NoSpan)
    assert not opened.is_recording()


def test_opentelemetry_is_never_imported_first(monkeypatch):
    monkeypatch.delitem(sys.modules, "opentelemetry.trace", raising=False)

    assert configured_provider() is None
    assert "opentelemetry.trace" not in sys.modules


AGENT = {"name": "agent.name", "agent_id": "agent.id", "agent_description": "agent.description"}
TOOL = {"name": "tool.name", "tool_description": "tool.description", "tool_call_id": "tool.call.id"}


@pytest.mark.parametrize(
    ("span", "operation", "kind", "facts"),
    [
        (trace_create_agent_span, "create_agent", "CLIENT", AGENT),
        (trace_invoke_agent_span, "invoke_agent", "CLIENT", AGENT),
        (trace_tool_span, "execute_tool", "INTERNAL", TOOL),
    ],
)
def test_agents_and_tools_have_spans_in_the_genai_words(span, operation, kind, facts):
    trace = pytest.importorskip("opentelemetry.trace")
    full, bare = FakeTracer(), FakeTracer()
    name, *options = facts

    with span(name, tracer=full, **{option: option for option in options}):
        pass
    with span(name, tracer=bare):
        pass

    fixed = {"gen_ai.operation.name": operation, "gen_ai.system": "autogen"}
    said = {f"gen_ai.{word}": option for option, word in facts.items()}
    named = {f"gen_ai.{facts[name]}": name}
    assert [(one.name, one.facts["kind"]) for one in full.spans] == [
        (f"{operation} name", trace.SpanKind[kind])
    ]
    assert full.spans[0].facts["attributes"] == fixed | said
    assert bare.spans[0].facts["attributes"] == fixed | named


def test_a_span_tells_once_what_was_raised():
    pytest.importorskip("opentelemetry.trace")
    tracer, error = FakeTracer(), ValueError("no")

    with pytest.raises(ValueError, match="no"), trace_tool_span("t", tracer=tracer):
        raise error

    (span,) = tracer.spans
    assert [call for call, *_ in span.told] == ["record_exception", "set_status", "set_attribute"]
    assert span.told[0] == ("record_exception", error)
    assert span.told[2] == ("set_attribute", "error.type", "ValueError")
