"""Conditions that look for one message: by its text, kind, source or content."""

from collections.abc import Sequence

from pydantic import BaseModel

from agentchat.conditions._condition import Condition
from agentchat.core import Component
from agentchat.messages import (
    BaseAgentEvent,
    BaseChatMessage,
    HandoffMessage,
    StopMessage,
    TextMessage,
    ToolCallExecutionEvent,
)

_Message = BaseAgentEvent | BaseChatMessage


class TextMentionTermination(Condition, Component[BaseModel]):
    """Stops when a text occurs in what is said or done.

    Everything is searched unless it is narrowed: the task too, which may well quote the text, and
    thoughts and tool results. With `agents_only` only an agent's own words count.

    Args:
        text: What to look for, letter by letter.
        sources: Names of those whose messages count; None counts everybody's.
        agents_only: Leave out events, and messages of the source `user`.
    """

    def __init__(
        self, text: str, sources: Sequence[str] | None = None, agents_only: bool = False
    ) -> None:
        self._text = text
        self._sources = sources
        self._agents_only = agents_only

    async def _reason_to_stop(self, messages: Sequence[_Message]) -> str | None:
        for message in messages:
            if self._counts(message) and self._text in message.to_text():
                return f"Text '{self._text}' mentioned"
        return None

    def _counts(self, message: _Message) -> bool:
        if self._sources is not None and message.source not in self._sources:
            return False
        return not self._agents_only or (
            isinstance(message, BaseChatMessage) and message.source != "user"
        )


class StopMessageTermination(Condition, Component[BaseModel]):
    """Stops when somebody sends a StopMessage."""

    async def _reason_to_stop(self, messages: Sequence[_Message]) -> str | None:
        if any(isinstance(message, StopMessage) for message in messages):
            return "Stop message received"
        return None


class TextMessageTermination(Condition, Component[BaseModel]):
    """Stops at a TextMessage; the task is one, unless a source is named.

    Args:
        source: Whose; None stops at anybody's.
    """

    def __init__(self, source: str | None = None) -> None:
        self._source = source

    async def _reason_to_stop(self, messages: Sequence[_Message]) -> str | None:
        for message in messages:
            if isinstance(message, TextMessage) and self._source in (None, message.source):
                return f"Text message received from '{message.source}'"
        return None


class SourceMatchTermination(Condition, Component[BaseModel]):
    """Stops when one of the sources has said or done anything.

    Args:
        sources: Names of agents.
    """

    def __init__(self, sources: list[str]) -> None:
        self._sources = sources

    async def _reason_to_stop(self, messages: Sequence[_Message]) -> str | None:
        for message in messages:
            if message.source in self._sources:
                return f"'{message.source}' answered"
        return None


class HandoffTermination(Condition, Component[BaseModel]):
    """Stops when the turn is handed to the target, such as a user outside the team.

    Args:
        target: Name in the HandoffMessage.
    """

    def __init__(self, target: str) -> None:
        self._target = target

    async def _reason_to_stop(self, messages: Sequence[_Message]) -> str | None:
        for message in messages:
            if isinstance(message, HandoffMessage) and message.target == self._target:
                return f"Handoff to {self._target} from {message.source} detected."
        return None


class FunctionCallTermination(Condition, Component[BaseModel]):
    """Stops when a tool has been called and has answered.

    Args:
        function_name: The tool's name.
    """

    def __init__(self, function_name: str) -> None:
        self._function_name = function_name

    async def _reason_to_stop(self, messages: Sequence[_Message]) -> str | None:
        for message in messages:
            if isinstance(message, ToolCallExecutionEvent) and any(
                result.name == self._function_name for result in message.content
            ):
                return f"Function '{self._function_name}' was executed."
        return None
