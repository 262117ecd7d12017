"""Messages back from their dumps."""

from collections.abc import Mapping
from typing import Any

from agentchat.messages._base import BaseAgentEvent, BaseChatMessage
from agentchat.messages._chat import (
    HandoffMessage,
    MultiModalMessage,
    StopMessage,
    TextMessage,
    ToolCallSummaryMessage,
)
from agentchat.messages._events import (
    CodeExecutionEvent,
    CodeGenerationEvent,
    MemoryQueryEvent,
    ModelClientStreamingChunkEvent,
    SelectSpeakerEvent,
    ThoughtEvent,
    ToolCallExecutionEvent,
    ToolCallRequestEvent,
    UserInputRequestedEvent,
)

_MessageType = type[BaseAgentEvent] | type[BaseChatMessage]

_BUILT_IN: tuple[_MessageType, ...] = (
    TextMessage,
    MultiModalMessage,
    StopMessage,
    ToolCallSummaryMessage,
    HandoffMessage,
    ToolCallRequestEvent,
    ToolCallExecutionEvent,
    MemoryQueryEvent,
    UserInputRequestedEvent,
    ModelClientStreamingChunkEvent,
    ThoughtEvent,
    SelectSpeakerEvent,
    CodeGenerationEvent,
    CodeExecutionEvent,
)


class MessageFactory:
    """Restores dumped messages of the built-in kinds, and of those registered besides."""

    def __init__(self) -> None:
        self._type_by_name = {kind.__name__: kind for kind in _BUILT_IN}

    def is_registered(self, message_type: _MessageType) -> bool:
        """Whether a kind of that class name can be restored."""
        return message_type.__name__ in self._type_by_name

    def register(self, message_type: _MessageType) -> None:
        """Adds a kind under its class name.

        Raises:
            ValueError: It is known already, or neither a chat message nor an event.
        """
        if self.is_registered(message_type):
            raise ValueError(f"Message type {message_type} is already registered.")
        if not issubclass(message_type, BaseChatMessage | BaseAgentEvent):
            raise ValueError(  # noqa: TRY004 - upstream's class
                f"Message type {message_type} must be a subclass of BaseChatMessage or "
                "BaseAgentEvent."
            )
        self._type_by_name[message_type.__name__] = message_type

    def create(self, data: Mapping[str, Any]) -> BaseAgentEvent | BaseChatMessage:
        """Restores one dumped message, of the kind that its `type` names.

        Raises:
            ValueError: The `type` is missing, not a string, or not registered.
        """
        name = data.get("type")
        if name is None:
            raise ValueError(
                "Field 'type' is required in the message data to recover the message type."
            )
        if not isinstance(name, str):
            raise ValueError(f"Message type must be a string, got {type(name)}")  # noqa: TRY004 - as above
        if name not in self._type_by_name:
            raise ValueError(f"Unknown message type: {name}")
        return self._type_by_name[name].load(data)
