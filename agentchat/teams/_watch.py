"""A team's termination condition, on duty for the length of a run."""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import ClassVar

from agentchat.base import TerminationCondition
from agentchat.core import CancellationToken
from agentchat.teams._conversation import Utterance


class Watch:
    """Asks the condition what each turn means, and wakes a waiting team when it is met outside.

    A condition counts what it is shown, so it serves one running team at a time.

    Args:
        condition: Ends the run.
        token: Breaks it off.

    Raises:
        ValueError: On entering: another team is running with the same condition.
    """

    _on_duty: ClassVar[set[int]] = set()

    def __init__(self, condition: TerminationCondition | None, token: CancellationToken) -> None:
        self._condition = condition
        self._token = token
        self.call = CancellationToken()
        """Cancelled when the condition is due though nothing was said."""

        self.has_called = False
        """Whether that has happened since the condition was last asked."""

    def __enter__(self) -> "Watch":
        if self._condition is not None:
            if id(self._condition) in self._on_duty:
                raise ValueError(
                    f"This {type(self._condition).__name__} is at work in another running team. "
                    "Give each team a condition of its own."
                )
            self._on_duty.add(id(self._condition))
            self._condition.on_run_start()
            self._condition.add_listener(self._look)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self._condition is not None:
            self._condition.remove_listener(self._look)
            self._condition.on_run_end()
            self._on_duty.discard(id(self._condition))

    def _look(self) -> None:
        if self._condition is not None and self._condition.is_due:
            self.has_called = True
            self.call.cancel()

    def called_off(self) -> bool:
        """Whether it was this watch alone that interrupted the running task."""
        if not self.call.is_cancelled() or self._token.is_cancelled():
            return False
        task = asyncio.current_task()
        return task is None or task.cancelling() == 0

    async def verdict(self, delta: Sequence[Utterance]) -> str | None:
        """Why the team stops after what was just said; None when it goes on."""
        if self._condition is None:
            return None
        self.has_called = False
        stop = await self._condition(delta)
        return None if stop is None else stop.content
