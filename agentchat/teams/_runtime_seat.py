"""A participant that lives as an actor in a runtime which the team was given.

The same loop asks it; only the way is another. Every hop is a message of the runtime, so that
intervention handlers see it, and may change or drop it.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
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


class _Actor(BaseAgent):
    """Speaks for a participant in the runtime."""

    def __init__(self, seat: LocalSeat, topic: TopicId) -> None:
        super().__init__(seat.description)
        self._seat = seat
        self._topic = topic

    async def on_message_impl(self, message: Any, ctx: MessageContext) -> Any:
        if isinstance(message, GroupChatReset):
            return await self._seat.reset()
        assert isinstance(message, GroupChatRequest)
        stream = self._seat.answer(message.messages, ctx.cancellation_token)
        answer: Response | TaskResult | None = None
        async for item in stream:
            if isinstance(item, Response | TaskResult):
                answer = item
            else:
                await self.publish_message(GroupChatMessage(item), self._topic)
        return answer


class _Listener(BaseAgent):
    """Hears what a participant shows, and keeps it for the team's stream."""

    def __init__(self) -> None:
        super().__init__("Hears what a participant of a team shows.")
        self.heard: asyncio.Queue[Any] = asyncio.Queue()

    async def on_message_impl(self, message: Any, ctx: MessageContext) -> None:
        self.heard.put_nowait(message.message)


class _End:
    """Stands in the queue behind the last thing heard."""


class RuntimeSeat:
    """A participant that is reached through a runtime, which its owner starts and stops."""

    def __init__(self, participant: ChatAgent | Team, team_id: str, runtime: AgentRuntime) -> None:
        local = seat_of(participant, team_id)
        self.name, self.description, self.agent_id = local.name, local.description, local.agent_id
        self._local = local
        self._runtime = runtime
        self._listener: _Listener | None = None

    async def answer(
        self, messages: Sequence[BaseChatMessage], token: CancellationToken
    ) -> AsyncGenerator[BaseAgentEvent | BaseChatMessage | Response | TaskResult, None]:
        heard = (await self._registered()).heard
        asking = asyncio.create_task(
            self._runtime.send_message(
                GroupChatRequest(list(messages)), self.agent_id, cancellation_token=token
            )
        )
        # The runtime delivers in order, so what the participant showed is here before its answer.
        asking.add_done_callback(lambda _: heard.put_nowait(_End()))
        try:
            while not isinstance(item := await heard.get(), _End):
                yield item
            answer = await asking
        finally:
            asking.cancel()
        if answer is not None:
            yield answer

    async def reset(self) -> None:
        await self._registered()
        await self._runtime.send_message(GroupChatReset(), self.agent_id)

    async def _registered(self) -> _Listener:
        """The listener; at first both actors are made known to the runtime."""
        if self._listener is None:
            listener = _Listener()
            topic = TopicId(f"output_{self.agent_id.type}", self.agent_id.key)
            listens = f"listener_{self.agent_id.type}"
            await _Actor(self._local, topic).register_instance(self._runtime, self.agent_id)
            await listener.register_instance(self._runtime, AgentId(listens, self.agent_id.key))
            await self._runtime.add_subscription(TypeSubscription(topic.type, listens))
            self._listener = listener
        return self._listener
