"""All uses of one cassette object: together, they are one recording."""

import os
from collections.abc import Callable
from threading import Lock
from types import TracebackType

from harness.in_use import CassetteInUse
from harness.session import WRITING, CassetteSession, RecordMode, mode_named

_MODE_VARIABLE = "HARNESS_RECORD_MODE"  # The pytest plugin sets it.


class Uses:
    """Opens the cassette for each use; what one use recorded is there for the next, which adds.

    Args:
        given: The record mode; None for what the environment says when it is opened.
        opened: Opens the cassette.
    """

    def __init__(
        self, given: RecordMode | None, opened: Callable[[RecordMode], CassetteInUse]
    ) -> None:
        self._given, self._opened = given, opened
        self._has_recorded = False
        self._waiting: list[CassetteSession] = []
        # What ends between the choice of the mode and the opening would be taken for older.
        self._lock = Lock()

    def open(self) -> CassetteInUse:
        """Opens it."""
        with self._lock:
            return self._opened(self._mode())

    def close(
        self,
        session: CassetteSession,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """A use ends, with an error or without."""
        with self._lock:
            session.__exit__(kind, error, traceback)
            if session.is_waiting:
                self._waiting.append(session)
            self._has_recorded |= session.is_kept

    def _mode(self) -> RecordMode:
        mode = self._given or mode_named(os.environ.get(_MODE_VARIABLE, RecordMode.NONE))
        self._has_recorded |= any(each.is_kept for each in self._waiting)
        return RecordMode.NEW_EPISODES if mode in WRITING and self._has_recorded else mode
