import json

import pytest
from pydantic import BaseModel

from agentchat.core import EVENT_LOGGER_NAME, ROOT_LOGGER_NAME, TRACE_LOGGER_NAME
from agentchat.core.logging import (
    AgentConstructionExceptionEvent,
    AgentId,
    DeliveryStage,
    LLMCallEvent,
    LLMStreamEndEvent,
    LLMStreamStartEvent,
    MessageDroppedEvent,
    MessageEvent,
    MessageHandlerContext,
    MessageHandlerExceptionEvent,
    MessageKind,
    ToolCallEvent,
    TopicId,
)

WRITER = AgentId("writer", "one")
USAGE = {"prompt_tokens": 3, "completion_tokens": 4}
EVENTS = [
    (
        LLMCallEvent(messages=[{"a": 1}], response={"b": 2}, **USAGE, model="m"),
        {"model": "m", "type": "LLMCall", "messages": [{"a": 1}], "response": {"b": 2}}
        | USAGE
        | {"agent_id": None},
    ),
    (
        LLMStreamStartEvent(messages=[]),
        {"type": "LLMStreamStart", "messages": [], "agent_id": None},
    ),
    (
        LLMStreamEndEvent(response={}, **USAGE),
        {"type": "LLMStreamEnd", "response": {}} | USAGE | {"agent_id": None},
    ),
    (
        ToolCallEvent(tool_name="t", arguments={"a": 1}, result="r"),
        {
            "type": "ToolCall",
            "tool_name": "t",
            "arguments": {"a": 1},
            "result": "r",
            "agent_id": None,
        },
    ),
    (
        MessageEvent(
            payload="p",
            sender=WRITER,
            receiver=TopicId("news", "today"),
            kind=MessageKind.PUBLISH,
            delivery_stage=DeliveryStage.SEND,
        ),
        {
            "payload": "p",
            "sender": "writer/one",
            "receiver": "news/today",
            "kind": "MessageKind.PUBLISH",
            "delivery_stage": "DeliveryStage.SEND",
            "type": "Message",
        },
    ),
    (
        MessageDroppedEvent(payload="p", sender=None, receiver=None, kind=MessageKind.DIRECT),
        {
            "payload": "p",
            "sender": None,
            "receiver": None,
            "kind": "MessageKind.DIRECT",
            "type": "MessageDropped",
        },
    ),
    (
        MessageHandlerExceptionEvent(payload="p", handling_agent=WRITER, exception=OSError("x")),
        {
            "payload": "p",
            "handling_agent": "writer/one",
            "exception": "x",
            "type": "MessageHandlerException",
        },
    ),
    (
        AgentConstructionExceptionEvent(agent_id=WRITER, exception=OSError("x")),
        {"agent_id": "writer/one", "exception": "x", "type": "AgentConstructionException"},
    ),
]


def test_the_names_of_the_loggers_are_upstreams():
    assert [ROOT_LOGGER_NAME, EVENT_LOGGER_NAME, TRACE_LOGGER_NAME] == [
        "autogen_core",
        "autogen_core.events",
        "autogen_core.trace",
    ]


@pytest.mark.parametrize(("event", "facts"), EVENTS, ids=lambda value: type(value).__name__)
def test_the_text_of_an_event_is_the_json_of_its_facts(event, facts):
    assert event.kwargs == facts
    assert str(event) == json.dumps(facts)


@pytest.mark.parametrize("event", [EVENTS[0][0], EVENTS[2][0]])
def test_events_with_usage_tell_it(event):
    assert (event.prompt_tokens, event.completion_tokens) == (3, 4)


def test_an_event_knows_whose_handler_is_running():
    with MessageHandlerContext.populate_context(WRITER):
        event = ToolCallEvent(tool_name="t", arguments={}, result="r")

    assert event.kwargs["agent_id"] == "writer/one"


def test_an_event_tells_what_json_does_not_know():
    class Model(BaseModel):
        number: int

    event = ToolCallEvent(tool_name="t", arguments={"a": Model(number=1), "b": WRITER}, result="r")

    assert json.loads(str(event))["arguments"] == {"a": {"number": 1}, "b": "writer/one"}
