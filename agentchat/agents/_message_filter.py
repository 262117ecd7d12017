"""MessageFilterAgent: an agent that is shown only part of the conversation."""

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any, ClassVar, Literal

from pydantic import BaseModel

from agentchat.agents._base import BaseChatAgent
from agentchat.agents._steps import AnswerStream
from agentchat.base import ChatAgent, Response
from agentchat.core import CancellationToken, Component
from agentchat.messages import BaseChatMessage
from agentchat.state import BaseState


class PerSourceFilter(BaseModel, defer_build=True):
    """Which messages of one source are let through; all of them unless both limits are given."""

    source: str
    """Name of the agent or user that the messages come from."""

    position: Literal["first", "last"] | None = None
    """The end of the list that `count` is counted from."""

    count: int | None = None

    def apply(self, messages: Sequence[BaseChatMessage]) -> Sequence[BaseChatMessage]:
        """The messages of the source that are let through, in order."""
        sent = [message for message in messages if message.source == self.source]
        if not self.count or self.position is None:
            return sent
        return sent[: self.count] if self.position == "first" else sent[-self.count :]


class MessageFilterConfig(BaseModel, defer_build=True):
    """What a MessageFilterAgent lets through: filter by filter, in this order."""

    per_source: list[PerSourceFilter]


class MessageFilterAgentState(BaseState):
    """A MessageFilterAgent: the agent inside it."""

    type: str = "MessageFilterAgentState"
    wrapped_agent_state: Mapping[str, Any] | None = None
    """None in what upstream wrote, which left the wrapped agent out."""


class MessageFilterAgent(BaseChatAgent, Component[BaseModel]):
    """Gives another agent only the messages that pass a filter, and answers with its answers.

    A message of a source that has no filter does not pass. One that passes several filters is
    given several times.

    Args:
        name: A Python identifier, unique in a team.
        wrapped_agent: Answers.
        filter: What it is given.
    """

    component_provider_override: ClassVar[str] = "agentchat.agents.MessageFilterAgent"

    def __init__(
        self,
        name: str,
        wrapped_agent: ChatAgent,
        filter: MessageFilterConfig,  # noqa: A002 - upstream's name
    ) -> None:
        super().__init__(name, f"{wrapped_agent.description} (with message filtering)")
        self._wrapped_agent = wrapped_agent
        self._filter = filter

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return self._wrapped_agent.produced_message_types

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        return await self._wrapped_agent.on_messages(self._passing(messages), cancellation_token)

    async def on_messages_stream(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> AnswerStream:
        answer = self._wrapped_agent.on_messages_stream(self._passing(messages), cancellation_token)
        async with aclosing(answer):
            async for item in answer:
                yield item

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        await self._wrapped_agent.on_reset(cancellation_token)

    async def on_pause(self, cancellation_token: CancellationToken) -> None:
        await self._wrapped_agent.on_pause(cancellation_token)

    async def on_resume(self, cancellation_token: CancellationToken) -> None:
        await self._wrapped_agent.on_resume(cancellation_token)

    async def save_state(self) -> Mapping[str, Any]:
        wrapped = await self._wrapped_agent.save_state()
        return MessageFilterAgentState(wrapped_agent_state=wrapped).model_dump()

    async def load_state(self, state: Mapping[str, Any]) -> None:
        saved = MessageFilterAgentState.model_validate(state)
        if saved.wrapped_agent_state is not None:
            await self._wrapped_agent.load_state(saved.wrapped_agent_state)

    async def close(self) -> None:
        await self._wrapped_agent.close()

    def _passing(self, messages: Sequence[BaseChatMessage]) -> Sequence[BaseChatMessage]:
        return [passing for each in self._filter.per_source for passing in each.apply(messages)]
