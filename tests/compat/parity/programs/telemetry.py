"""The spans that a tracer is given: users count calls and agents with them."""

from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    TraceFlags,
    Tracer,
    TracerProvider,
)

from agentchat.core import (
    AgentId,
    DefaultTopicId,
    SingleThreadedAgentRuntime,
    trace_create_agent_span,
    trace_invoke_agent_span,
    trace_tool_span,
)
from tests.compat.parity.observation import attempt, outcome_of, show
from tests.compat.parity.programs.log_events import Answering, Ask

COUNTED = "messaging.message.envelope.size"
PROSE = ("gen_ai.agent.description", "gen_ai.tool.description", "message", "message_context")


class Span(NonRecordingSpan):
    def __init__(self, tracer, name, kind, attributes):
        super().__init__(SpanContext(1, 1, is_remote=False, trace_flags=TraceFlags(1)))
        self.entry = {
            "tracer": tracer,
            "name": name,
            "kind": kind.name,
            "attributes": dict(attributes or {}),
        }

    def is_recording(self):
        return True

    def set_attribute(self, key, value):
        self.entry["attributes"][key] = value

    def set_attributes(self, attributes):
        self.entry["attributes"].update(attributes)

    def record_exception(self, exception, attributes=None, timestamp=None, escaped=False):
        self.entry.setdefault("exceptions", []).append(type(exception).__name__)

    def set_status(self, status, description=None):
        code = getattr(status, "status_code", status)
        self.entry["status"] = code.name


class Recorder(TracerProvider, Tracer):
    def __init__(self, name="", spans=None):
        self.name = name
        self.spans = [] if spans is None else spans

    def get_tracer(self, name, *arguments, **options):
        return Recorder(name, self.spans)

    def start_span(
        self, name, context=None, kind=SpanKind.INTERNAL, attributes=None, *rest, **more
    ):
        span = Span(self.name, name, kind, attributes)
        self.spans.append(span)
        return span

    @contextmanager
    def start_as_current_span(
        self, name, context=None, kind=SpanKind.INTERNAL, attributes=None, *rest, **options
    ):
        span = self.start_span(name, context, kind, attributes)
        with trace.use_span(
            span,
            record_exception=options.get("record_exception", True),
            set_status_on_exception=options.get("set_status_on_exception", True),
        ):
            yield span

    def seen(self):
        entries = [span.entry for span in self.spans]
        for entry in entries:
            attributes = entry["attributes"]
            entry["attributes"] = {
                key: str(each)
                for key, each in attributes.items()
                if key not in PROSE and key != COUNTED
            }
        return entries


async def helpers():
    recorder = Recorder()
    with trace_create_agent_span("a", tracer=recorder, agent_id="i", agent_description="d"):
        pass
    with trace_invoke_agent_span("a", tracer=recorder, agent_id="i", agent_description="d"):
        pass
    with trace_tool_span("t", tracer=recorder, tool_description="d", tool_call_id="1"):
        pass
    with trace_tool_span("bare", tracer=recorder):
        pass

    def failing():
        with trace_invoke_agent_span("fails", tracer=recorder):
            raise LookupError("no")

    def failing_tool():
        with trace_tool_span("fails", tracer=recorder):
            raise LookupError("no")

    return [attempt(failing), attempt(failing_tool), recorder.seen()]


async def spans_of(*steps):
    recorder = Recorder()
    runtime = SingleThreadedAgentRuntime(tracer_provider=recorder)
    await Answering.register(runtime, "answering", Answering)
    runtime.start()
    for step in steps:
        await outcome_of(step(runtime))
    await runtime.stop_when_idle()
    return recorder.seen()


async def a_call():
    return await spans_of(
        lambda runtime: runtime.send_message(Ask("hi"), AgentId("answering", "one"))
    )


async def a_call_that_fails():
    return await spans_of(
        lambda runtime: runtime.send_message(Ask("fail"), AgentId("answering", "one"))
    )


async def an_event():
    return await spans_of(lambda runtime: runtime.publish_message(Ask("hi"), DefaultTopicId()))


async def main():
    await show(helpers, a_call, a_call_that_fails, an_event)
