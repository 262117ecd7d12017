"""Conditions that the application decides."""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from agentchat.conditions._condition import Condition
from agentchat.core import Component
from agentchat.messages import BaseAgentEvent, BaseChatMessage


class ExternalTermination(Condition, Component[BaseModel]):
    """Stops when `set` has been called, from anywhere, such as behind a stop button."""

    def __init__(self) -> None:
        self._requested = False
        self._listeners: list[Callable[[], None]] = []

    @property
    def is_due(self) -> bool:
        return self._requested or self.terminated

    def set(self) -> None:
        """Asks to stop, and tells the listeners; it is met at the next check.

        May be called from any thread.
        """
        self._requested = True
        for listener in tuple(self._listeners):
            listener()

    def add_listener(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)
        if self._requested:
            listener()

    def remove_listener(self, listener: Callable[[], None]) -> None:
        self._listeners.remove(listener)

    async def _reason_to_stop(
        self, messages: Sequence[BaseAgentEvent | BaseChatMessage]
    ) -> str | None:
        return "External termination requested" if self._requested else None

    async def reset(self) -> None:
        await super().reset()
        self._requested = False

    async def save_state(self) -> Mapping[str, Any]:
        return {**await super().save_state(), "requested": self._requested}

    async def load_state(self, state: Mapping[str, Any]) -> None:
        await super().load_state(state)
        self._requested = state["requested"]


class FunctionalTermination(Condition):
    """Stops when a function of yours says True.

    It can't be dumped as a component: a function has no configuration.

    Args:
        func: Is given the new messages and events; may be async.
    """

    def __init__(
        self,
        func: Callable[[Sequence[BaseAgentEvent | BaseChatMessage]], bool | Awaitable[bool]],
    ) -> None:
        self._func = func

    async def _reason_to_stop(
        self, messages: Sequence[BaseAgentEvent | BaseChatMessage]
    ) -> str | None:
        answer = self._func(messages)
        if inspect.isawaitable(answer):
            answer = await answer
        return "Functional termination condition met" if answer is True else None
