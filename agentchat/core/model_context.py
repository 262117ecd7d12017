"""Model contexts: which part of a conversation a model gets to see.

A function call and its result are kept together, or left out together: model APIs refuse one
without the other.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pydantic import BaseModel, Field

from agentchat.core._component import Component, ComponentBase, ComponentType
from agentchat.core._function_call import FunctionCall
from agentchat.core._image import Image
from agentchat.core._record import kept
from agentchat.core.models import (
    AssistantMessage,
    ChatCompletionClient,
    FunctionExecutionResultMessage,
    LLMMessage,
    SystemMessage,
    UserMessage,
)
from agentchat.core.tools import ToolSchema

__all__ = [
    "BufferedChatCompletionContext",
    "ChatCompletionContext",
    "ChatCompletionContextState",
    "HeadAndTailChatCompletionContext",
    "SummarizingChatCompletionContext",
    "TokenLimitedChatCompletionContext",
    "UnboundedChatCompletionContext",
]


class ChatCompletionContextState(BaseModel, defer_build=True):
    """What a context holds."""

    messages: list[LLMMessage] = Field(default_factory=list)


class ChatCompletionContext(ABC, ComponentBase[BaseModel]):
    """Holds a conversation, and shows a model some view of it.

    Args:
        initial_messages: What it holds from the start; `clear` does not bring them back.
    """

    component_type: ClassVar[ComponentType] = "chat_completion_context"

    def __init__(self, initial_messages: list[LLMMessage] | None = None) -> None:
        self._messages: list[LLMMessage] = list(initial_messages or [])
        self._initial_messages = initial_messages

    async def add_message(self, message: LLMMessage) -> None:
        """Appends a message."""
        self._messages.append(kept(message))

    async def replace_message(self, old: LLMMessage, new: LLMMessage | None) -> bool:
        """Puts another message in the place of one, so that what is told anew is told once.

        Args:
            old: The message to replace; the first one equal to it is.
            new: What to put there; None to close the gap.

        Returns:
            False if the context does not hold the message; it is unchanged then.
        """
        for position, message in enumerate(self._messages):
            if message == old:
                self._messages[position : position + 1] = [] if new is None else [new]
                return True
        return False

    @abstractmethod
    async def get_messages(self) -> list[LLMMessage]:
        """What the model gets to see, oldest first."""

    async def clear(self) -> None:
        """Forgets everything."""
        self._messages = []

    async def save_state(self) -> Mapping[str, Any]:
        """What it holds, as plain values."""
        return ChatCompletionContextState(messages=self._messages).model_dump()

    async def load_state(self, state: Mapping[str, Any]) -> None:
        """Holds that instead."""
        self._messages = ChatCompletionContextState.model_validate(state).messages


class UnboundedChatCompletionContext(ChatCompletionContext, Component[BaseModel]):
    """Shows the whole conversation.

    Args:
        initial_messages: What it holds from the start.
    """

    async def get_messages(self) -> list[LLMMessage]:
        """All messages."""
        return list(self._messages)


class BufferedChatCompletionContext(ChatCompletionContext, Component[BaseModel]):
    """Shows the last messages.

    Args:
        buffer_size: How many at most. One less are shown when the first would be the result of a
            call that is no longer there.
        initial_messages: What it holds from the start.

    Raises:
        ValueError: The size is not positive.
    """

    def __init__(self, buffer_size: int, initial_messages: list[LLMMessage] | None = None) -> None:
        super().__init__(initial_messages)
        if buffer_size <= 0:
            raise ValueError("buffer_size must be greater than 0.")
        self._buffer_size = buffer_size

    async def get_messages(self) -> list[LLMMessage]:
        """The last `buffer_size` messages."""
        return _without_leading_result(self._messages[-self._buffer_size :])


class HeadAndTailChatCompletionContext(ChatCompletionContext, Component[BaseModel]):
    """Shows the first and the last messages, and says how many are left out between them.

    Args:
        head_size: How many of the first at most.
        tail_size: How many of the last at most.
        initial_messages: What it holds from the start.

    Raises:
        ValueError: A size is not positive.
    """

    def __init__(
        self,
        head_size: int,
        tail_size: int,
        initial_messages: list[LLMMessage] | None = None,
    ) -> None:
        super().__init__(initial_messages)
        if head_size <= 0:
            raise ValueError("head_size must be greater than 0.")
        if tail_size <= 0:
            raise ValueError("tail_size must be greater than 0.")
        self._head_size = head_size
        self._tail_size = tail_size

    async def get_messages(self) -> list[LLMMessage]:
        """The head, a UserMessage from `System` that tells of the gap, and the tail."""
        skipped = len(self._messages) - self._head_size - self._tail_size
        if skipped <= 0:
            return list(self._messages)
        head = self._messages[: self._head_size]
        if _is_call(head[-1]):
            head.pop()
        gap = UserMessage(content=f"Skipped {skipped} messages.", source="System")
        return [*head, gap, *_without_leading_result(self._messages[-self._tail_size :])]


class TokenLimitedChatCompletionContext(ChatCompletionContext, Component[BaseModel]):
    """Shows as much as fits, leaving out messages from the middle.

    Args:
        model_client: Who counts the tokens.
        token_limit: How many tokens at most; None for as many as the model takes.
        tool_schema: Tools that are sent along, and count too.
        initial_messages: What the context holds from the start.

    Raises:
        ValueError: The limit is not positive.
    """

    def __init__(
        self,
        model_client: ChatCompletionClient,
        *,
        token_limit: int | None = None,
        tool_schema: list[ToolSchema] | None = None,
        initial_messages: list[LLMMessage] | None = None,
    ) -> None:
        super().__init__(initial_messages)
        self._budget = _TokenBudget(model_client, token_limit, tool_schema or [])

    async def get_messages(self) -> list[LLMMessage]:
        """The messages that fit; none if not even one does."""
        units = _units(self._messages)
        while units and (excess := self._budget.excess(_joined(units))) > 0:
            while units and excess > 0:
                excess -= self._budget.count(units.pop(len(units) // 2))
        return _without_leading_result(_joined(units))


class SummarizingChatCompletionContext(ChatCompletionContext, Component[BaseModel]):
    """Shows the last messages, and a summary in the place of those before.

    When the conversation exceeds the limit, the model is asked to summarize its beginning, which
    is forgotten then. A later summary takes in the one before.

    Args:
        model_client: Who counts the tokens and writes the summaries.
        token_limit: How many tokens to show at most; None for as many as the model takes. The last
            message is shown even if it alone exceeds that.
        keep: How many of the last messages to leave in their own words, if they fit.
        prompt: What the model is told to do with the beginning; None for a prompt of ours.
        initial_messages: What the context holds from the start.

    Raises:
        ValueError: The limit or `keep` is not positive.
    """

    def __init__(
        self,
        model_client: ChatCompletionClient,
        *,
        token_limit: int | None = None,
        keep: int = 10,
        prompt: str | None = None,
        initial_messages: list[LLMMessage] | None = None,
    ) -> None:
        super().__init__(initial_messages)
        if keep <= 0:
            raise ValueError("keep must be greater than 0.")
        self._model_client = model_client
        self._budget = _TokenBudget(model_client, token_limit, [])
        self._keep = keep
        self._prompt = prompt or _SUMMARY_PROMPT

    async def get_messages(self) -> list[LLMMessage]:
        """What there is; its beginning as one UserMessage from `summary`, once it was too long."""
        messages = self._messages
        beginning = self._what_exceeds(messages)
        if beginning:
            transcript = "\n\n".join(map(_as_text, beginning))
            answer = await self._model_client.create(
                [
                    SystemMessage(content=self._prompt),
                    UserMessage(content=transcript, source="user"),
                ]
            )
            # Messages may have been added meanwhile; a cleared context has another list.
            summary = UserMessage(content=str(answer.content), source=_SUMMARY)
            messages[: len(beginning)] = [summary]
        return _without_leading_result(messages)

    def _what_exceeds(self, messages: list[LLMMessage]) -> list[LLMMessage]:
        """The beginning that has to go, whole calls only; empty if everything fits."""
        if self._budget.excess(messages) <= 0:
            return []
        units = _units(messages)
        first_kept = 0
        while first_kept < len(units) - 1:
            first_kept += 1
            kept = _joined(units[first_kept:])
            if len(kept) <= self._keep and self._budget.excess(kept) <= 0:
                break
        beginning = _joined(units[:first_kept])
        # To summarize a summary alone would shorten nothing, and cost a call at every turn.
        return [] if all(map(_is_summary, beginning)) else beginning


_SUMMARY = "summary"
_SUMMARY_PROMPT = (
    "Summarize the conversation below for the participant who has to go on with it and will not "
    "see it any more. Keep names, numbers, decisions, open questions and the results of tools. "
    "Where it begins with an earlier summary, fold that into the new one."
)

_Unit = list[LLMMessage]
"""A message by itself, or a function call with its result."""


class _TokenBudget:
    """How many tokens messages take, and how many of them are too many."""

    def __init__(
        self, client: ChatCompletionClient, limit: int | None, tools: list[ToolSchema]
    ) -> None:
        if limit is not None and limit <= 0:
            raise ValueError("token_limit must be greater than 0.")
        self._client = client
        self._limit = limit
        self._tools = tools
        # By identity. Each message is held as well: its id must not pass to another.
        self._counted: dict[int, tuple[LLMMessage, int]] = {}

    def excess(self, messages: list[LLMMessage]) -> int:
        """Tokens above the limit; zero or less when the messages fit."""
        if self._limit is None:
            return -self._client.remaining_tokens(messages, tools=self._tools)
        return self._client.count_tokens(messages, tools=self._tools) - self._limit

    def count(self, unit: _Unit) -> int:
        """Tokens that are saved by leaving the unit out; rather too many than too few."""
        return sum(map(self._count_of, unit))

    def _count_of(self, message: LLMMessage) -> int:
        counted = self._counted.get(id(message))
        if counted is None:
            counted = message, self._client.count_tokens([message])
            self._counted[id(message)] = counted
        return counted[1]


def _units(messages: Sequence[LLMMessage]) -> list[_Unit]:
    units: list[_Unit] = []
    for message in messages:
        if units and _is_result(message) and _is_call(units[-1][-1]):
            units[-1].append(message)
        else:
            units.append([message])
    return units


def _joined(units: Sequence[_Unit]) -> list[LLMMessage]:
    return [message for unit in units for message in unit]


def _is_call(message: LLMMessage) -> bool:
    return isinstance(message, AssistantMessage) and not isinstance(message.content, str)


def _is_result(message: LLMMessage) -> bool:
    return isinstance(message, FunctionExecutionResultMessage)


def _is_summary(message: LLMMessage) -> bool:
    return isinstance(message, UserMessage) and message.source == _SUMMARY


def _without_leading_result(messages: Sequence[LLMMessage]) -> list[LLMMessage]:
    first = 1 if messages and _is_result(messages[0]) else 0
    return list(messages[first:])


def _as_text(message: LLMMessage) -> str:
    """A message as a paragraph of a transcript; images are only mentioned."""
    if isinstance(message, FunctionExecutionResultMessage):
        return "\n".join(f"{result.name} returned: {result.content}" for result in message.content)
    speaker = "system" if isinstance(message, SystemMessage) else message.source
    if isinstance(message.content, str):
        return f"{speaker}: {message.content}"
    return f"{speaker}: " + " ".join(map(_piece_as_text, message.content))


def _piece_as_text(piece: str | Image | FunctionCall) -> str:
    if isinstance(piece, FunctionCall):
        return f"calls {piece.name}({piece.arguments})"
    return piece if isinstance(piece, str) else "[image]"
