"""Conditions that count: messages, tokens, seconds."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from agentchat.conditions._condition import Condition
from agentchat.core import Component
from agentchat.core._world import monotonic
from agentchat.messages import BaseAgentEvent, BaseChatMessage


class MaxMessageTermination(Condition, Component[BaseModel]):
    """Stops after a number of messages, counted from the last reset.

    Args:
        max_messages: How many messages may be exchanged; the task counts as one.
        include_agent_event: Count agent events as well as chat messages.
    """

    def __init__(self, max_messages: int, include_agent_event: bool = False) -> None:
        self._max_messages = max_messages
        self._include_agent_event = include_agent_event
        self._count = 0

    async def _reason_to_stop(
        self, messages: Sequence[BaseAgentEvent | BaseChatMessage]
    ) -> str | None:
        for message in messages:
            if self._include_agent_event or isinstance(message, BaseChatMessage):
                self._count += 1
        if self._count < self._max_messages:
            return None
        return (
            f"Maximum number of messages {self._max_messages} reached, "
            f"current message count: {self._count}"
        )

    async def reset(self) -> None:
        await super().reset()
        self._count = 0

    async def save_state(self) -> Mapping[str, Any]:
        return {**await super().save_state(), "count": self._count}

    async def load_state(self, state: Mapping[str, Any]) -> None:
        await super().load_state(state)
        self._count = state["count"]


class TokenUsageTermination(Condition, Component[BaseModel]):
    """Stops when models have used so many tokens since the last reset.

    What a message or event says of its `models_usage` is counted; None is no limit.

    Args:
        max_total_token: Limit of prompts and completions together.
        max_prompt_token: Limit of prompts.
        max_completion_token: Limit of completions.

    Raises:
        ValueError: No limit is given.
    """

    def __init__(
        self,
        max_total_token: int | None = None,
        max_prompt_token: int | None = None,
        max_completion_token: int | None = None,
    ) -> None:
        if max_total_token is None and max_prompt_token is None and max_completion_token is None:
            raise ValueError(
                "At least one of max_total_token, max_prompt_token, or max_completion_token "
                "must be provided"
            )
        self._max_total_token = max_total_token
        self._max_prompt_token = max_prompt_token
        self._max_completion_token = max_completion_token
        self._prompt_tokens = 0
        self._completion_tokens = 0

    async def _reason_to_stop(
        self, messages: Sequence[BaseAgentEvent | BaseChatMessage]
    ) -> str | None:
        for message in messages:
            if message.models_usage is not None:
                self._prompt_tokens += message.models_usage.prompt_tokens
                self._completion_tokens += message.models_usage.completion_tokens
        total = self._prompt_tokens + self._completion_tokens
        if not (
            _reached(total, self._max_total_token)
            or _reached(self._prompt_tokens, self._max_prompt_token)
            or _reached(self._completion_tokens, self._max_completion_token)
        ):
            return None
        return (
            f"Token usage limit reached, total token count: {total}, "
            f"prompt token count: {self._prompt_tokens}, "
            f"completion token count: {self._completion_tokens}."
        )

    async def reset(self) -> None:
        await super().reset()
        self._prompt_tokens = 0
        self._completion_tokens = 0

    async def save_state(self) -> Mapping[str, Any]:
        return {
            **await super().save_state(),
            "prompt_tokens": self._prompt_tokens,
            "completion_tokens": self._completion_tokens,
        }

    async def load_state(self, state: Mapping[str, Any]) -> None:
        await super().load_state(state)
        self._prompt_tokens = state["prompt_tokens"]
        self._completion_tokens = state["completion_tokens"]


def _reached(count: int, limit: int | None) -> bool:
    return limit is not None and count >= limit


class TimeoutTermination(Condition, Component[BaseModel]):
    """Stops after a time, looked at when messages arrive.

    The clock starts with the first run since construction or reset. A saved state keeps the time
    that had passed, and not the time until it is loaded.

    Args:
        timeout_seconds: How long the conversation may take.
    """

    def __init__(self, timeout_seconds: float) -> None:
        self._timeout_seconds = timeout_seconds
        self._started_at: float | None = None

    def on_run_start(self) -> None:
        if self._started_at is None:
            self._started_at = monotonic()

    async def _reason_to_stop(
        self, messages: Sequence[BaseAgentEvent | BaseChatMessage]
    ) -> str | None:
        # Who drives a condition without a team may not tell it of the run.
        self.on_run_start()
        elapsed = self._elapsed()
        if elapsed is None or elapsed < self._timeout_seconds:
            return None
        return f"Timeout of {self._timeout_seconds} seconds reached"

    async def reset(self) -> None:
        await super().reset()
        self._started_at = None

    async def save_state(self) -> Mapping[str, Any]:
        return {**await super().save_state(), "elapsed_seconds": self._elapsed()}

    async def load_state(self, state: Mapping[str, Any]) -> None:
        await super().load_state(state)
        elapsed = state["elapsed_seconds"]
        self._started_at = None if elapsed is None else monotonic() - elapsed

    def _elapsed(self) -> float | None:
        return None if self._started_at is None else monotonic() - self._started_at
