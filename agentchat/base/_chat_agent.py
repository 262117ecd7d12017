"""What an agent promises."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic

from pydantic import BaseModel
from typing_extensions import TypeVar

from agentchat.base._task import TaskRunner
from agentchat.core import CancellationToken, ComponentBase
from agentchat.messages import BaseAgentEvent, BaseChatMessage

_Message = TypeVar("_Message", bound=BaseChatMessage, default=BaseChatMessage, covariant=True)


@dataclass(kw_only=True)
class Response(Generic[_Message]):
    """An agent's answer; `Response[TextMessage]` says of which kind."""

    chat_message: _Message
    """The answer, which the other agents receive."""

    inner_messages: Sequence[BaseAgentEvent | BaseChatMessage] | None = None
    """What the agent did to find it; others do not receive it."""


class ChatAgent(ABC, TaskRunner, ComponentBase[BaseModel]):
    """An agent that takes part in a conversation.

    It keeps its own state: it is called with what is new since the last call, never with the
    whole conversation.
    """

    component_type: ClassVar[str] = "agent"

    @property
    @abstractmethod
    def name(self) -> str:
        """Unique in a team; the source of the agent's messages."""

    @property
    @abstractmethod
    def description(self) -> str:
        """What the agent can do, for those who choose a speaker."""

    @property
    @abstractmethod
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        """The kinds of message that the agent's responses hold."""

    @abstractmethod
    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        """Answers the messages that are new since the last call."""

    @abstractmethod
    def on_messages_stream(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> AsyncGenerator[BaseAgentEvent | BaseChatMessage | Response, None]:
        """Like `on_messages`, and yields what happens meanwhile; the response is the last item."""

    @abstractmethod
    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        """Forgets the conversation."""

    @abstractmethod
    async def on_pause(self, cancellation_token: CancellationToken) -> None:
        """Is told that the team pauses, perhaps while the agent answers."""

    @abstractmethod
    async def on_resume(self, cancellation_token: CancellationToken) -> None:
        """Is told that the team goes on."""

    @abstractmethod
    async def save_state(self) -> Mapping[str, Any]:
        """What `load_state` needs to go on from here, as JSON values."""

    @abstractmethod
    async def load_state(self, state: Mapping[str, Any]) -> None:
        """Goes on from a saved state; what was there before is replaced."""

    @abstractmethod
    async def close(self) -> None:
        """Gives back what the agent holds open."""
