"""A call of a model client while it is recorded."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from agentchat.core._usage import UsageLedger
from agentchat.core.models import CreateResult
from harness.clients._answers import EVENTS, answer_to_bytes, answer_to_event, text_to_event
from harness.clients._failures import details_of, details_to_event, failure_of
from harness.clients._requests import JSON
from harness.interactions import Headers
from harness.session import Recording


class TakingDown:
    """Takes down what a client answers, or raises; its block is the call.

    Args:
        recording: Where it goes.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._ledger = UsageLedger()
        self._is_answered = False

    @contextmanager
    def asking(self) -> Iterator[None]:
        """A block in which the client is at work; what it does lies beneath the call."""
        with self._recording.beneath(), self._ledger:
            yield

    def result(self, result: CreateResult) -> None:
        """The answer to `create`."""
        self._answered(JSON)
        self._recording.received(answer_to_bytes(result, self._ledger.total_usage()))

    def item(self, item: str | CreateResult) -> None:
        """An item of `create_stream`; the result is the last one."""
        self._answered(EVENTS)
        if isinstance(item, str):
            self._recording.received(text_to_event(item))
        else:
            self._recording.received(answer_to_event(item, self._ledger.total_usage()))
            # Who has the result may leave without waiting for the end.
            self._recording.ended("complete")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self._answered(EVENTS)
            self._recording.ended("complete")
        elif isinstance(error, asyncio.CancelledError | GeneratorExit):
            self._recording.ended("stopped")
        elif isinstance(error, Exception):
            self._failed(error)
        # Else it is the news that something is wrong with the test; there is nothing to play back.

    def _failed(self, error: Exception) -> None:
        details = details_of(error)
        if details:
            self._answered(EVENTS, details.get("status", 200))
            self._recording.received(details_to_event(details))
        self._recording.ended(failure_of(error))

    def _answered(self, headers: Headers, status: int = 200) -> None:
        if not self._is_answered:
            self._is_answered = True
            self._recording.answered(status, headers)
