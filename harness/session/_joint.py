"""Sessions of one process that have one cassette in use at the same time: one recording.

The cassette is made of it when the last of them ends, so that none takes anything from another.
"""

import os
from itertools import count
from pathlib import Path
from threading import Lock
from weakref import WeakSet, WeakValueDictionary

_lock = Lock()
_numbers = count(1)
_joint_by_place: "WeakValueDictionary[tuple[int, Path], Joint]" = WeakValueDictionary()


class Joint:
    """One recording, of all sessions that are open before the first of them alone is over.

    Args:
        began: When the first of them was opened.
    """

    def __init__(self, began: str) -> None:
        self.name = f"{os.getpid()}-{next(_numbers)} {began}"
        """What the journals call it; no other process has the same."""

        self.is_over = False
        """Whether all of them have ended."""

        self._has_journals = False
        # Who is forgotten without an end keeps nobody waiting.
        self._open: WeakSet[object] = WeakSet()

    def join(self, session: object) -> None:
        """A session begins."""
        self._open.add(session)

    def leave(self, session: object, *, leaves_journal: bool) -> bool:
        """A session ends; whether the cassette is to be made, of all that they leave."""
        with _lock:
            self._open.discard(session)
            self.is_over = not self._open
            self._has_journals |= leaves_journal
            return self.is_over and self._has_journals


def joined(cassette: Path, session: object, began: str) -> Joint:
    """What a session that may record is a part of, from now until it leaves."""
    place = _place(cassette)
    with _lock:
        joint = _joint_by_place.get(place)
        if joint is None or joint.is_over:
            joint = _joint_by_place[place] = Joint(began)
        joint.join(session)
        return joint


def is_joint_here(cassette: Path, name: str) -> bool:
    """Whether this is what sessions of this process that are open call their recording."""
    joint = _joint_by_place.get(_place(cassette))
    return joint is not None and joint.name == name and not joint.is_over


def _place(cassette: Path) -> tuple[int, Path]:
    # A fork has none of its parent's sessions.
    return os.getpid(), cassette.absolute()
