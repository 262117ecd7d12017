"""Where an exchange stands among others: an order that does not depend on which is faster.

What one task asks, it asks in the order of its program. Tasks that it starts stand behind what it
had asked until then, side by side; among themselves they are ordered by who asks, the turn first.
"""

import asyncio
import threading
from collections.abc import Sequence
from contextvars import ContextVar
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from harness.journal import Place


class _Strand:
    """What one task, or one thread outside any task, asks one after the other."""

    def __init__(self, origin: Place) -> None:
        self.origin = origin
        self.asked = 0


_Owner = asyncio.Task[Any] | threading.Thread

_strand_by_owner: WeakKeyDictionary[_Owner, _Strand] = WeakKeyDictionary()
_number_by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, int] = WeakKeyDictionary()
_numbers = count(1)
_began_at: ContextVar[Place] = ContextVar("began_at", default=())
"""Where the task that set it stood then; a task that it starts inherits the value as it is."""


def place_of(agent_path: Sequence[str]) -> Place:
    """The place of what is asked now; compared with others, it gives their order."""
    owner = _task() or threading.current_thread()
    strand = _strand_by_owner.get(owner)
    if strand is None:
        strand = _strand_by_owner[owner] = _Strand(_origin(owner, agent_path))
    strand.asked += 1
    place = (*strand.origin, (strand.asked, 0))
    _began_at.set(place)
    return place


def _origin(owner: _Owner, agent_path: Sequence[str]) -> Place:
    if owner is threading.main_thread():
        return ()
    *outer, last = _began_at.get() or ((0, 0),)
    loop = 0
    if isinstance(owner, asyncio.Task):
        # A loop that comes after another one does not run beside it.
        loop = _number_by_loop.setdefault(owner.get_loop(), len(_number_by_loop) + 1)
    turns, names = _turns_and_names(agent_path)
    return (*outer, (last[0], 1, loop, turns, names, next(_numbers)))


def _turns_and_names(agent_path: Sequence[str]) -> tuple[tuple[int, ...], tuple[str, ...]]:
    parts = [part.partition("#") for part in agent_path]
    turns = tuple(int(turn) if turn.isdecimal() else 0 for _, _, turn in parts)
    return turns, tuple(name for name, _, _ in parts)


def _task() -> asyncio.Task[Any] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None
