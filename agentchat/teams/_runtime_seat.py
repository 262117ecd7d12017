"""A participant that lives as an actor in a runtime which the team was given.

The same loop asks it; only the way is another. Every hop is a message of the runtime, so that
intervention handlers see it, and may change or drop it.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from agentchat.base import ChatAgent, Response, TaskResult, Team
from agentchat.core import (
    AgentId,
    AgentRuntime,
    BaseAgent,
    CancellationToken,
    MessageContext,
    TopicId,
    TypeSubscription,
)
from agentchat.messages import BaseAgentEvent, BaseChatMessage
from agentchat.teams._seat import LocalSeat, seat_of


@dataclass
class GroupChatRequest:
    """Asks a participant to speak."""

    messages: list[BaseChatMessage]
    """What it has not heard yet."""


@dataclass
class GroupChatMessage:
    """What a participant lets others see while it speaks."""

    message: BaseAgentEvent | BaseChatMessage


@dataclass
class GroupChatReset:
    """Asks a participant to forget the conversation."""


class _Listener(BaseAgent):
    """Hears what a participant shows, and keeps it for the team's stream."""

    def __init__(self) -> None:
        super().__init__("Hears what a participant of a team shows.")
        self._heard: _Heard = asyncio.Queue()
        self._expected = self._heard

    def expect(self) -> "_Heard":
        """Where the next speech will be heard."""
        self._expected = asyncio.Queue()
        return self._expected

    def attend(self) -> None:
        """Is told that the speech begins, behind all that an earlier one has shown."""
        self._heard = self._expected

    async def on_message_impl(self, message: Any, ctx: MessageContext) -> None:
        self._heard.put_nowait(message.message)


class _Actor(BaseAgent):
    """Speaks for a participant in the runtime."""

    def __init__(self, seat: LocalSeat, topic: TopicId, listener: _Listener) -> None:
        super().__init__(seat.description)
        self._seat = seat
        self._topic = topic
        self._listener = listener
        self._speaking: asyncio.Task[Any] | None = None
        self.undelivered: tuple[list[str], Response | TaskResult] | None = None
        """An answer that may not have arrived, and the ids of the messages it was given to."""

    async def on_message_impl(self, message: Any, ctx: MessageContext) -> Any:
        if isinstance(message, GroupChatReset):
            self.undelivered = None
            return await self._seat.reset()
        assert isinstance(message, GroupChatRequest)
        # The participant itself may know nothing of the token.
        with ctx.cancellation_token.interrupting():
            self._listener.attend()
            self._speaking = asyncio.current_task()
            given = [each.id for each in message.messages]
            if self.undelivered is not None and self.undelivered[0] == given:
                # The turn was broken off with the answer on its way. The participant knows that
                # it has spoken, and would hear the messages twice if it was asked again.
                return self.undelivered[1]
            self.undelivered = None
            answer = await self._answer(message.messages, ctx.cancellation_token)
            if answer is not None:
                self.undelivered = given, answer
            return answer

    async def silence(self) -> None:
        """Returns when nobody speaks any more, and all that was begun is cleaned up."""
        if self._speaking is not None:
            await asyncio.wait([self._speaking])
            self._speaking = None

    async def _answer(
        self, messages: Sequence[BaseChatMessage], token: CancellationToken
    ) -> Response | TaskResult | None:
        answer: Response | TaskResult | None = None
        async with aclosing(self._seat.answer(messages, token)) as stream:
            async for item in stream:
                if isinstance(item, Response | TaskResult):
                    answer = item
                else:
                    await self.publish_message(GroupChatMessage(item), self._topic)
        return answer


class _End:
    """Stands in the queue behind the last thing heard."""


_Heard = asyncio.Queue[BaseAgentEvent | BaseChatMessage | _End]


class RuntimeSeat:
    """A participant that is reached through a runtime, which its owner starts and stops."""

    def __init__(self, participant: ChatAgent | Team, team_id: str, runtime: AgentRuntime) -> None:
        local = seat_of(participant, team_id)
        self.name, self.description, self.agent_id = local.name, local.description, local.agent_id
        self.is_team = local.is_team
        self._local = local
        self._runtime = runtime
        self._topic = TopicId(f"output_{self.agent_id.type}", self.agent_id.key)
        self._listener = _Listener()
        self._actor = _Actor(local, self._topic, self._listener)
        self._is_registered = False

    async def answer(
        self, messages: Sequence[BaseChatMessage], token: CancellationToken
    ) -> AsyncGenerator[BaseAgentEvent | BaseChatMessage | Response | TaskResult, None]:
        await self._register()
        heard = self._listener.expect()
        # A token of its own: closing the stream, too, ends what the participant does. The given
        # one interrupts whoever reads the stream.
        speech = CancellationToken()
        asking = asyncio.create_task(
            self._runtime.send_message(
                GroupChatRequest(list(messages)), self.agent_id, cancellation_token=speech
            )
        )
        # The runtime delivers in order, so what the participant showed is here before its answer.
        asking.add_done_callback(lambda _: heard.put_nowait(_End()))
        try:
            while not isinstance(item := await heard.get(), _End):
                yield item
            answer = await asking
        except Exception:
            # It failed, or was refused on its way: it was not broken off.
            self._actor.undelivered = None
            raise
        finally:
            speech.cancel()
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            await self._actor.silence()
        if answer is not None:
            yield answer
        self._actor.undelivered = None

    def loaded(self) -> None:
        self._actor.undelivered = None
        self._local.loaded()

    async def reset(self) -> None:
        await self._register()
        await self._runtime.send_message(GroupChatReset(), self.agent_id)

    async def _register(self) -> None:
        """Makes both actors known to the runtime, at first."""
        if self._is_registered:
            return
        listener = AgentId(f"listener_{self.agent_id.type}", self.agent_id.key)
        await self._actor.register_instance(self._runtime, self.agent_id)
        await self._listener.register_instance(self._runtime, listener)
        await self._runtime.add_subscription(TypeSubscription(self._topic.type, listener.type))
        self._is_registered = True
