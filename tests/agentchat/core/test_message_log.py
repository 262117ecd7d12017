import logging
from dataclasses import dataclass

import pytest

from agentchat.core import (
    EVENT_LOGGER_NAME,
    AgentId,
    BaseAgent,
    DefaultInterventionHandler,
    DropMessage,
    SingleThreadedAgentRuntime,
    TopicId,
    TypeSubscription,
)

ONE = AgentId("echo", "one")


@dataclass
class Note:
    text: str


class Echo(BaseAgent):
    async def on_message_impl(self, message, ctx):
        if message.text == "fail":
            raise KeyError("failed")
        return message


class Censor(DefaultInterventionHandler):
    async def on_send(self, message, *, message_context, recipient):
        return DropMessage if message.text == "drop" else message


async def send(text: str) -> None:
    runtime = SingleThreadedAgentRuntime(intervention_handlers=[Censor()])
    await Echo.register(runtime, "echo", lambda: Echo("echoes"))
    await runtime.add_subscription(TypeSubscription("news", "echo"))
    runtime.start()
    if text == "publish":
        await runtime.publish_message(Note(text), TopicId("news", "one"), sender=AgentId("me", "1"))
    else:
        await runtime.send_message(Note(text), ONE, sender=AgentId("me", "1"))
    await runtime.stop_when_idle()


def told(caplog: pytest.LogCaptureFixture, *facts: str) -> list[tuple[object, ...]]:
    return [
        tuple(record.msg.kwargs[fact] for fact in facts)
        for record in caplog.records
        if record.name == EVENT_LOGGER_NAME
    ]


async def test_a_direct_message_and_its_answer_are_told_when_sent_and_delivered(caplog):
    caplog.set_level(logging.INFO, EVENT_LOGGER_NAME)

    await send("hi")

    facts = ("kind", "delivery_stage", "sender", "receiver", "payload")
    assert told(caplog, *facts) == [
        (f"MessageKind.{kind}", f"DeliveryStage.{stage}", sender, receiver, '{"text": "hi"}')
        for kind, sender, receiver in (
            ("DIRECT", "me/1", "echo/one"),
            ("RESPOND", "echo/one", "me/1"),
        )
        for stage in ("SEND", "DELIVER")
    ]


async def test_a_published_message_is_told_for_each_receiver(caplog):
    caplog.set_level(logging.INFO, EVENT_LOGGER_NAME)

    await send("publish")

    assert told(caplog, "delivery_stage", "receiver") == [
        ("DeliveryStage.SEND", "news/one"),
        ("DeliveryStage.DELIVER", "echo/one"),
    ]


@pytest.mark.parametrize(
    ("text", "event_type"), [("drop", "MessageDropped"), ("fail", "MessageHandlerException")]
)
async def test_what_went_wrong_is_told(caplog, text, event_type):
    caplog.set_level(logging.INFO, EVENT_LOGGER_NAME)

    with pytest.raises(Exception, match=r"^$|failed"):
        await send(text)

    assert told(caplog, "type", "payload")[-1] == (event_type, f'{{"text": "{text}"}}')


async def test_nothing_is_built_while_nobody_listens(caplog):
    caplog.set_level(logging.WARNING, EVENT_LOGGER_NAME)

    await send("hi")

    assert told(caplog, "type") == []
