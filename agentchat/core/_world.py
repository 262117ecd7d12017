"""The outside world: the only door to time, ids and randomness.

A run is repeatable when everything that differs between two runs comes through here. Outside a
run the door leads to the system; the harness puts a seeded world behind it (`entered`).
"""

import asyncio
import os
import random as _random  # noqa: TID251 - this is the door
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

Path = tuple[str, ...]
"""Where in a run something happens, outermost first: `("editors#2", "writer#1")`."""


class World(ABC):
    """What a run may ask of the outside."""

    @abstractmethod
    def now(self) -> datetime:
        """The time of day, with its zone."""

    @abstractmethod
    def monotonic(self) -> float:
        """Seconds on a clock that never goes back; only differences mean anything."""

    @abstractmethod
    def new_id(self, kind: str) -> str:
        """A fresh UUID-shaped id; `kind` names what it is for, such as `message`."""

    @abstractmethod
    def randomness(self, label: str) -> _random.Random:
        """A random generator of its own for each label."""

    @abstractmethod
    async def sleep(self, seconds: float) -> None:
        """Waits on this world's clock."""

    @abstractmethod
    def wait(self, seconds: float) -> None:
        """Waits on this world's clock, and holds up the thread."""


class SystemWorld(World):
    """The machine's clock, random UUIDs and the system's randomness."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - this is the door

    def monotonic(self) -> float:
        return time.monotonic()  # noqa: TID251 - this is the door

    def new_id(self, kind: str) -> str:
        # A UUID of version 4 without the uuid module's objects, since every message has one.
        digits = os.urandom(16).hex()
        variant = "89ab"[int(digits[16], 16) & 3]
        return (
            f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
        )

    def randomness(self, label: str) -> _random.Random:
        return _random.SystemRandom()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)


_world: ContextVar[World] = ContextVar("world", default=SystemWorld())  # noqa: B039 - it has no state
standing_at: ContextVar[Path] = ContextVar("standing_at", default=())
"""Where the running code stands; read it by `path`, and enter a place by `scope`."""


def now() -> datetime:
    """The time of day in the current world, with its zone."""
    return _world.get().now()


def monotonic() -> float:
    """Seconds on the current world's clock; only differences mean anything."""
    return _world.get().monotonic()


def new_id(kind: str = "id") -> str:
    """A fresh UUID-shaped id; `kind` names what it is for, such as `message`."""
    return _world.get().new_id(kind)


def randomness(label: str) -> _random.Random:
    """A random generator of its own for each label."""
    return _world.get().randomness(label)


async def sleep(seconds: float) -> None:
    """Waits on the current world's clock."""
    await _world.get().sleep(seconds)


def wait(seconds: float) -> None:
    """Waits on the current world's clock, and holds up the thread."""
    _world.get().wait(seconds)


def path() -> Path:
    """Where in the run the caller is, outermost first; empty outside any scope."""
    return standing_at.get()


@contextmanager
def entered(world: World) -> Iterator[World]:
    """Puts a world behind the door for the block, and for the tasks started in it."""
    token = _world.set(world)
    try:
        yield world
    finally:
        _world.reset(token)


class scope:  # noqa: N801 - read as a verb: `with scope("writer#3"):`
    """Names where in the run a block stands: `with scope("writer#3"): ...`.

    Never keep one open across a `yield` of an async generator: the consumer's code would stand
    in the scope too.
    """

    __slots__ = ("_part", "_token")

    def __init__(self, part: str) -> None:
        self._part = part

    def __enter__(self) -> None:
        self._token = standing_at.set((*standing_at.get(), self._part))

    def __exit__(self, *_: object) -> None:
        standing_at.reset(self._token)
