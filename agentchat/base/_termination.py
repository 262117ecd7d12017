"""When a conversation is over: the contract, and conditions combined."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, ClassVar

from pydantic import BaseModel

from agentchat.core import Component, ComponentBase
from agentchat.messages import BaseAgentEvent, BaseChatMessage, StopMessage


class TerminatedException(BaseException):
    """A termination condition was asked again after it had been met; `reset` it first."""

    def __init__(self, message: str = "Termination condition has already been reached") -> None:
        super().__init__(message)


class TerminationCondition(ABC, ComponentBase[BaseModel]):
    """Decides when a conversation is over.

    It is called with what is new since the last call, and answers with the reason to stop, or
    None. Once met it stays met until `reset`. Conditions combine: `a & b`, `a | b`.

    A subclass has to write `terminated`, `__call__` and `reset`; the rest is for conditions that
    remember something worth saving, or that can be met between two messages.
    """

    component_type: ClassVar[str] = "termination"

    @property
    @abstractmethod
    def terminated(self) -> bool:
        """Whether the condition has been met since the last reset."""

    @abstractmethod
    async def __call__(
        self, messages: Sequence[BaseAgentEvent | BaseChatMessage]
    ) -> StopMessage | None:
        """Looks at the messages and events that are new since the last call.

        Raises:
            TerminatedException: The condition had been met before.
        """

    @abstractmethod
    async def reset(self) -> None:
        """Starts anew."""

    async def save_state(self) -> Mapping[str, Any]:
        """What the condition remembers, as JSON values; by default only its kind."""
        return {"type": type(self).__name__, "version": "1.0.0"}

    async def load_state(self, state: Mapping[str, Any]) -> None:
        """Goes on from a saved state; what was there before is replaced.

        Raises:
            ValueError: The state was saved by another kind of condition.
        """
        if state.get("type") != type(self).__name__:
            raise ValueError(f"{type(self).__name__} can't load a state of {state.get('type')!r}.")

    def on_run_start(self) -> None:
        """Is told that a run begins, before its first check."""

    def on_run_end(self) -> None:
        """Is told that a run is over, however it ended."""

    @property
    def is_due(self) -> bool:
        """Whether the next check is bound to stop, though nothing new be said."""
        return self.terminated

    def add_listener(self, listener: Callable[[], None]) -> None:
        """Has `listener` called when `is_due` may have changed between two checks.

        The call may come from any thread. A condition that is met by messages alone has nothing
        to tell, and keeps no listener.
        """

    def remove_listener(self, listener: Callable[[], None]) -> None:
        """Undoes one `add_listener`."""

    def __and__(self, other: "TerminationCondition") -> "AndTerminationCondition":
        return AndTerminationCondition(self, other)

    def __or__(self, other: "TerminationCondition") -> "OrTerminationCondition":
        return OrTerminationCondition(self, other)


_is_terminated = attrgetter("terminated")


class _Combination(TerminationCondition, Component[BaseModel]):
    """Conditions asked together."""

    def __init__(self, *conditions: TerminationCondition) -> None:
        self._conditions = list(conditions)

    async def reset(self) -> None:
        for condition in self._conditions:
            await condition.reset()

    async def save_state(self) -> Mapping[str, Any]:
        states = [await condition.save_state() for condition in self._conditions]
        return {**await super().save_state(), "conditions": states}

    async def load_state(self, state: Mapping[str, Any]) -> None:
        await super().load_state(state)
        states = state["conditions"]
        if len(states) != len(self._conditions):
            raise ValueError(
                f"{type(self).__name__} of {len(self._conditions)} conditions can't load a state "
                f"of {len(states)}."
            )
        for condition, own in zip(self._conditions, states, strict=True):
            await condition.load_state(own)

    def on_run_start(self) -> None:
        for condition in self._conditions:
            condition.on_run_start()

    def on_run_end(self) -> None:
        for condition in self._conditions:
            condition.on_run_end()

    def add_listener(self, listener: Callable[[], None]) -> None:
        for condition in self._conditions:
            condition.add_listener(listener)

    def remove_listener(self, listener: Callable[[], None]) -> None:
        for condition in self._conditions:
            condition.remove_listener(listener)


class AndTerminationCondition(_Combination):
    """Met when every condition has been met, at once or one after the other.

    The reasons are joined in the order in which they came.
    """

    def __init__(self, *conditions: TerminationCondition) -> None:
        super().__init__(*conditions)
        self._reasons: list[StopMessage] = []

    @property
    def terminated(self) -> bool:
        return all(map(_is_terminated, self._conditions))

    @property
    def is_due(self) -> bool:
        return all(condition.is_due for condition in self._conditions)

    async def __call__(
        self, messages: Sequence[BaseAgentEvent | BaseChatMessage]
    ) -> StopMessage | None:
        open_conditions = [each for each in self._conditions if not each.terminated]
        if not open_conditions:
            raise TerminatedException
        reasons = await _reasons_to_stop(open_conditions, messages)
        self._reasons += reasons
        return _joined(self._reasons) if len(reasons) == len(open_conditions) else None

    async def reset(self) -> None:
        await super().reset()
        self._reasons.clear()

    async def save_state(self) -> Mapping[str, Any]:
        reasons = [reason.dump() for reason in self._reasons]
        return {**await super().save_state(), "reasons": reasons}

    async def load_state(self, state: Mapping[str, Any]) -> None:
        await super().load_state(state)
        self._reasons = [StopMessage.load(reason) for reason in state["reasons"]]


class OrTerminationCondition(_Combination):
    """Met when any condition is; the reasons of those met by the same messages are joined."""

    @property
    def terminated(self) -> bool:
        return any(map(_is_terminated, self._conditions))

    @property
    def is_due(self) -> bool:
        return any(condition.is_due for condition in self._conditions)

    async def __call__(
        self, messages: Sequence[BaseAgentEvent | BaseChatMessage]
    ) -> StopMessage | None:
        if self.terminated:
            raise TerminatedException
        reasons = await _reasons_to_stop(self._conditions, messages)
        return _joined(reasons) if reasons else None


async def _reasons_to_stop(
    conditions: Sequence[TerminationCondition],
    messages: Sequence[BaseAgentEvent | BaseChatMessage],
) -> list[StopMessage]:
    reasons: list[StopMessage] = []
    for condition in conditions:
        reason = await condition(messages)
        if reason is not None:
            reasons.append(reason)
    return reasons


def _joined(reasons: Sequence[StopMessage]) -> StopMessage:
    return StopMessage(
        content=", ".join(reason.content for reason in reasons),
        source=", ".join(reason.source for reason in reasons),
    )
