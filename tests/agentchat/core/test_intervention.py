from dataclasses import dataclass

import pytest

from agentchat.core import DefaultInterventionHandler, DropMessage, InterventionHandler
from agentchat.core._intervention import intervene


@dataclass
class Adding(DefaultInterventionHandler):
    """Puts its letter behind the message."""

    letter: str

    async def on_publish(self, message, *, message_context):
        return message + self.letter


class Returning(DefaultInterventionHandler):
    """Returns one thing, whatever the message."""

    def __init__(self, returned: object) -> None:
        self.returned = returned

    async def on_publish(self, message, *, message_context):
        return self.returned


async def publish(*handlers: InterventionHandler) -> object:
    async def ask(handler, message):
        return await handler.on_publish(message, message_context=None)

    return await intervene(handlers, "on_publish", "m", ask)


async def test_each_handler_sees_what_the_one_before_returned():
    assert await publish(Adding("a"), DefaultInterventionHandler(), Adding("b")) == "mab"


@pytest.mark.parametrize("drop", [DropMessage, DropMessage()])
async def test_nobody_sees_a_message_that_has_been_dropped(drop):
    assert await publish(Returning(drop), Returning("back again")) is DropMessage


async def test_returning_none_warns_and_is_used():
    with pytest.warns(RuntimeWarning, match="Intervention handler on_publish returned None"):
        left = await publish(Returning(None))

    assert left is None


async def test_the_default_handler_lets_all_kinds_of_messages_pass():
    handler = DefaultInterventionHandler()

    passed = [
        await handler.on_send("sent", message_context=None, recipient=None),
        await handler.on_publish("published", message_context=None),
        await handler.on_response("answer", sender=None, recipient=None),
    ]

    assert passed == ["sent", "published", "answer"]
    assert isinstance(handler, InterventionHandler)
