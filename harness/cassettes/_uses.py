"""Uses of cassette objects that are one recording together."""

import os
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from types import TracebackType

from harness.in_use import CassetteInUse
from harness.session import WRITING, CassetteSession, RecordMode, mode_named

_MODE_VARIABLE = "HARNESS_RECORD_MODE"  # The pytest plugin sets it.


class _Together:
    """One recording, of several uses: what one of them recorded stays when the next one begins."""

    def __init__(self) -> None:
        self._has_recorded = False
        self._waiting: list[CassetteSession] = []
        # What ends between the choice of the mode and the opening would be taken for older.
        self.lock = Lock()

    def mode(self, mode: RecordMode) -> RecordMode:
        """What the next use does, where the first one does what `mode` says."""
        self._has_recorded |= any(each.is_kept for each in self._waiting)
        self._waiting = [each for each in self._waiting if each.is_waiting]
        # Under `all` nothing is wiped, and what is older than the recording must not be played.
        adds = self._has_recorded and mode in WRITING and mode is not RecordMode.ALL
        return RecordMode.NEW_EPISODES if adds else mode

    def ended(self, session: CassetteSession) -> None:
        """A use is over."""
        if session.is_waiting:
            self._waiting.append(session)
        self._has_recorded |= session.is_kept


_together_by_file: dict[Path, _Together] = {}
"""Of all objects that go by the environment's mode: it is said once for the whole process."""


class Uses:
    """Opens the cassette for each use of an object.

    Args:
        given: The record mode; None for what the environment says when it is opened.
        path: The cassette's file.
        opened: Opens the cassette.
    """

    def __init__(
        self,
        given: RecordMode | None,
        path: Path,
        opened: Callable[[RecordMode], CassetteInUse],
    ) -> None:
        self._given, self._opened = given, opened
        self._together = _Together()
        if given is None:
            self._together = _together_by_file.setdefault(path.absolute(), self._together)

    def open(self) -> CassetteInUse:
        """Opens it."""
        mode = self._given or mode_named(os.environ.get(_MODE_VARIABLE, RecordMode.NONE))
        with self._together.lock:
            return self._opened(self._together.mode(mode))

    def close(
        self,
        session: CassetteSession,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """A use ends, with an error or without."""
        with self._together.lock:
            session.__exit__(kind, error, traceback)
            self._together.ended(session)
