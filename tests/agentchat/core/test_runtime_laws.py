"""What holds for every mix of messages."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from agentchat.core import (
    AgentId,
    BaseAgent,
    DefaultInterventionHandler,
    DropMessage,
    MessageContext,
    SingleThreadedAgentRuntime,
    TopicId,
    TypeSubscription,
)
from agentchat.core.exceptions import MessageDroppedException

LISTENERS = ["a", "b", "c"]


@dataclass(frozen=True)
class Letter:
    number: int
    way: Literal["send", "publish"]
    dropped: Literal["never", "before", "answer"]
    raises: bool
    waits: int


letters = st.lists(
    st.builds(
        Letter,
        number=st.integers(),
        way=st.sampled_from(["send", "publish"]),
        dropped=st.sampled_from(["never", "never", "before", "answer"]),
        raises=st.booleans(),
        waits=st.integers(0, 3),
    ),
    unique_by=lambda letter: letter.number,
    max_size=12,
)


class Censor(DefaultInterventionHandler):
    async def on_send(self, message, *, message_context, recipient):
        return DropMessage if message.dropped == "before" else message

    async def on_publish(self, message, *, message_context):
        return DropMessage if message.dropped == "before" else message

    async def on_response(self, message, *, sender, recipient):
        return DropMessage if message.dropped == "answer" else message


class Listener(BaseAgent):
    def __init__(self, arrived: Counter[tuple[str, Letter]]) -> None:
        super().__init__("listens")
        self.arrived = arrived

    async def on_message_impl(self, message: Letter, ctx: MessageContext) -> Letter:
        self.arrived[self.type, message] += 1
        for _ in range(message.waits):
            await asyncio.sleep(0)
        if message.raises:
            raise KeyError(message.number)
        return message


def fate(letter: Letter) -> Letter | type[BaseException]:
    """What the sender of a letter gets."""
    if letter.dropped == "before":
        return MessageDroppedException
    if letter.raises:
        return KeyError
    return MessageDroppedException if letter.dropped == "answer" else letter


async def carried(said: list[Letter]) -> tuple[Counter[tuple[str, Letter]], list[object]]:
    """Who got what, and what the senders got."""
    arrived: Counter[tuple[str, Letter]] = Counter()
    runtime = SingleThreadedAgentRuntime(intervention_handlers=[Censor()])
    for name in LISTENERS:
        await runtime.register_factory(name, lambda: Listener(arrived))
        await runtime.add_subscription(TypeSubscription("all", name))
    runtime.start()
    sent = []
    for letter in said:
        if letter.way == "publish":
            await runtime.publish_message(letter, TopicId("all", "one"))
        else:
            sent.append(asyncio.ensure_future(runtime.send_message(letter, AgentId("a", "one"))))
    outcomes = await asyncio.gather(*sent, return_exceptions=True)
    await runtime.stop_when_idle()
    return arrived, outcomes


@given(letters)
async def test_no_message_is_lost_or_doubled(said: list[Letter]):
    arrived, _ = await carried(said)

    expected = Counter(
        (name, letter)
        for letter in said
        if letter.dropped != "before"
        for name in (LISTENERS if letter.way == "publish" else ["a"])
    )
    assert arrived == expected


@given(letters)
async def test_every_sender_is_told_the_fate_of_its_message(said: list[Letter]):
    _, outcomes = await carried(said)

    told = [type(one) if isinstance(one, BaseException) else one for one in outcomes]
    assert told == [fate(letter) for letter in said if letter.way == "send"]
