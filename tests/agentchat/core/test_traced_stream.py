"""Streams of agents in spans, with OpenTelemetry's own SDK."""

from collections.abc import AsyncGenerator, Iterator
from typing import Any

import pytest

from agentchat.agents import BaseChatAgent
from agentchat.base import Response
from agentchat.core._traced_stream import invoked
from agentchat.messages import TextMessage
from agentchat.teams import RoundRobinGroupChat

trace = pytest.importorskip("opentelemetry.trace")
sdk = pytest.importorskip("opentelemetry.sdk.trace")
export = pytest.importorskip("opentelemetry.sdk.trace.export")
memory = pytest.importorskip("opentelemetry.sdk.trace.export.in_memory_span_exporter")


class Echo(BaseChatAgent):
    """Says hello."""

    produced_message_types = (TextMessage,)

    async def on_messages(self, messages: Any, cancellation_token: Any) -> Response:
        return Response(chat_message=TextMessage(content="hello", source=self.name))

    async def on_reset(self, cancellation_token: Any) -> None:
        pass


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Keeps the spans that are over; the provider is the program's for the length of a test."""
    kept = memory.InMemorySpanExporter()
    provider = sdk.TracerProvider()
    provider.add_span_processor(export.SimpleSpanProcessor(kept))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    yield kept
    provider.shutdown()


def invocations(exporter: Any) -> list[str]:
    spans = exporter.get_finished_spans()
    return [span.name for span in spans if span.name.startswith("invoke_agent")]


async def test_a_streamed_run_has_a_span(exporter: Any) -> None:
    seen = [trace.get_current_span() async for _ in Echo("one", "One.").run_stream(task="go")]

    assert invocations(exporter) == ["invoke_agent one"]
    assert set(seen) == {trace.INVALID_SPAN}


async def test_each_agent_of_a_team_has_a_span_a_turn(exporter: Any) -> None:
    team = RoundRobinGroupChat([Echo("one", "One."), Echo("two", "Two.")], max_turns=3)

    await team.run(task="go")

    assert invocations(exporter) == ["invoke_agent one", "invoke_agent two", "invoke_agent one"]
    facts = exporter.get_finished_spans()[-1].attributes
    assert facts["gen_ai.agent.id"] == f"one_{team._team_id}/{team._team_id}"


async def test_a_step_stands_in_the_span_and_a_failure_is_noted(exporter: Any) -> None:
    standing: list[str] = []

    async def steps() -> AsyncGenerator[int, None]:
        standing.append(trace.get_current_span().name)
        yield 1
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError, match="gone"):
        async for _ in invoked(steps(), "one", "One."):
            pass

    (span,) = exporter.get_finished_spans()
    assert (standing, span.attributes["error.type"]) == (["invoke_agent one"], "ConnectionError")


async def test_a_stream_that_is_left_ends_its_span(exporter: Any) -> None:
    stream = Echo("one", "One.").run_stream(task="go", output_task_messages=False)

    await anext(stream)
    await stream.aclose()

    assert invocations(exporter) == ["invoke_agent one"]
