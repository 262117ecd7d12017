import pytest

from agentchat.core import AgentId, BaseAgent, SingleThreadedAgentRuntime, TopicId, TypeSubscription
from agentchat.core._dispatcher import Dispatcher
from agentchat.core._serialization import SerializationRegistry
from agentchat.core._traced_dispatcher import dispatcher_class


class Echo(BaseAgent):
    async def on_message_impl(self, message, ctx):
        return message


class Provider:
    """Notes the beginning of each span."""

    def __init__(self) -> None:
        self.begun: list[str] = []

    def get_tracer(self, name: str):
        self.name = name
        return self

    def start_as_current_span(self, name: str, **facts):
        trace = pytest.importorskip("opentelemetry.trace")
        self.begun.append(name)
        return trace.use_span(trace.NonRecordingSpan(trace.INVALID_SPAN_CONTEXT))


async def traced() -> tuple[SingleThreadedAgentRuntime, Provider]:
    pytest.importorskip("opentelemetry.trace")
    provider = Provider()
    runtime = SingleThreadedAgentRuntime(tracer_provider=provider)
    await Echo.register(runtime, "echo", lambda: Echo("echoes"))
    await runtime.add_subscription(TypeSubscription("news", "echo"))
    runtime.start()
    return runtime, provider


async def test_a_direct_message_has_a_span_for_each_step():
    runtime, provider = await traced()

    await runtime.send_message("hi", AgentId("echo", "one"))

    await runtime.stop()
    assert provider.name == "autogen SingleThreadedAgentRuntime"
    assert provider.begun == [
        "autogen create echo.(one)-A",
        "autogen send echo.(one)-A",
        "autogen process echo.(one)-A",
        "autogen ack",
    ]


async def test_a_published_message_has_a_span_for_each_step():
    runtime, provider = await traced()

    await runtime.publish_message("hi", TopicId("news", "one"))

    await runtime.stop_when_idle()
    assert provider.begun == [
        "autogen create news.(one)-T",
        "autogen publish news.(one)-T",
        "autogen process echo.(one)-A",
    ]


def test_without_a_provider_there_is_no_tracing():
    assert dispatcher_class(None, "Runtime", SerializationRegistry()) is Dispatcher


def test_tracing_can_be_switched_off(monkeypatch):
    monkeypatch.setenv("AUTOGEN_DISABLE_RUNTIME_TRACING", "true")

    assert dispatcher_class(Provider(), "Runtime", SerializationRegistry()) is Dispatcher
