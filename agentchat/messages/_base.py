"""The roots of all messages, for users to derive their own from."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Self

from pydantic import ConfigDict, Field

from agentchat.core._record import Record
from agentchat.core._world import new_id, now
from agentchat.core.models import RequestUsage, UserMessage


class BaseMessage(Record, ABC):
    """Root of chat messages and events; derive from one of those two, not from this."""

    # A program uses few of the kinds: each builds its validator when it is first used.
    model_config: ClassVar[ConfigDict] = ConfigDict(defer_build=True)

    @abstractmethod
    def to_text(self) -> str:
        """The text that people and termination conditions read."""

    def dump(self) -> Mapping[str, Any]:
        """The message as JSON values; `load` of the same class takes them back."""
        return self.model_dump(mode="json")

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """Restores what `dump` gave.

        Raises:
            pydantic.ValidationError: The data is not of this kind of message.
        """
        return cls.model_validate(data)


class _Envelope(BaseMessage, ABC):
    """What every message carries besides its content."""

    id: str = Field(default_factory=partial(new_id, "message"))
    """Unique among all messages."""

    source: str
    """Name of the agent, team or user it comes from."""

    models_usage: RequestUsage | None = None
    """Tokens that producing it cost; None when no model was asked."""

    metadata: dict[str, str] = Field(default_factory=dict)
    """Notes of the application; agents do not look at them."""

    created_at: datetime = Field(default_factory=now)
    """When it was made, in UTC."""


class BaseChatMessage(_Envelope, ABC):
    """A message that other agents receive and answer.

    A subclass that is to be restored from a saved state declares a `type` equal to its class name.
    """

    @abstractmethod
    def to_model_text(self) -> str:
        """The text that stands for the message inside a prompt."""

    @abstractmethod
    def to_model_message(self) -> UserMessage:
        """The message as a model is shown it, with its source."""


class BaseTextChatMessage(BaseChatMessage, ABC):
    """A chat message that is one text, read alike by people and models."""

    # In a slot, where neither dumps nor comparisons, copies and pickles see it.
    __slots__ = ("_model_message",)

    content: str

    def to_text(self) -> str:
        return self.content

    def to_model_text(self) -> str:
        return self.content

    def to_model_message(self) -> UserMessage:
        """The message as a model is shown it: one and the same for all who ask.

        Each agent keeps it in its context. Put another in its place there, but don't change it.
        """
        try:
            known: UserMessage = object.__getattribute__(self, "_model_message")
        except AttributeError:
            pass
        else:
            if known.content == self.content and known.source == self.source:
                return known
        made = UserMessage(content=self.content, source=self.source)
        object.__setattr__(self, "_model_message", made)
        return made


class BaseAgentEvent(_Envelope, ABC):
    """Something an agent or team did that may be watched; other agents never receive it."""
