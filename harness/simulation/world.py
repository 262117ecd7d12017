"""SeededWorld: ids, time and randomness that follow from a seed and from who asks."""

import asyncio
import json
import random  # noqa: TID251 - seeded generators are made here
from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from agentchat.core import _world
from agentchat.core._strands import Place, strand

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""When every seeded world begins."""


class SeededWorld(_world.World):
    """A world that is the same whenever and wherever it is entered.

    What it hands out depends on the seed, on the caller's place in the run and on what was drawn at
    that very place before, so that one agent's ids don't shift when another one draws more. Time
    stands still but for `sleep`, which takes none of the machine's.

    Args:
        seed: Worlds of different seeds have nothing in common but their clock.
    """

    def __init__(self, seed: int | str = 0) -> None:
        self._seed = str(seed)
        # By lane; by the place of streams side by side, what had elapsed when they began.
        self._elapsed_ns: dict[Place, int] = {(): 0}
        self._drawn: Counter[tuple[_world.Path, str]] = Counter()

    def now(self) -> datetime:
        return EPOCH + timedelta(microseconds=self._elapsed_in(strand.get().lane) // 1000)

    def monotonic(self) -> float:
        return self._elapsed_in(strand.get().lane) / 1e9

    def new_id(self, kind: str) -> str:
        place = (_world.path(), kind)
        drawn_before = self._drawn[place]
        self._drawn[place] += 1
        return str(UUID(bytes=self._digest("id", kind, drawn_before), version=4))

    def randomness(self, label: str) -> random.Random:
        return random.Random(self._digest("randomness", label))

    async def sleep(self, seconds: float) -> None:
        self.wait(seconds)
        # Others get their turn, as they would in a real wait.
        await asyncio.sleep(0)

    def wait(self, seconds: float) -> None:
        lane = strand.get().lane
        elapsed = self._elapsed_in(lane) + max(0, round(seconds * 1e9))
        for end in range(0, len(lane) + 1, 2):
            outer = lane[:end]
            self._elapsed_ns[outer] = max(self._elapsed_in(outer), elapsed)

    def _elapsed_in(self, lane: Place) -> int:
        if lane not in self._elapsed_ns:
            outer, together = lane[:-2], lane[:-1]
            began = self._elapsed_ns.setdefault(together, self._elapsed_in(outer))
            self._elapsed_ns[lane] = began
        return self._elapsed_ns[lane]

    def _digest(self, *what: str | int) -> bytes:
        # JSON keeps the parts apart: ("ab", "c") is not ("a", "bc").
        text = json.dumps([self._seed, _world.path(), *what])
        return blake2b(text.encode(), digest_size=16).digest()


class LiveWorld(SeededWorld):
    """A seeded world on the machine's clock, for recordings of what really takes its time."""

    def __init__(self, seed: int | str = 0) -> None:
        super().__init__(seed)
        self._system = _world.SystemWorld()

    def now(self) -> datetime:
        return self._system.now()

    def monotonic(self) -> float:
        return self._system.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self._system.sleep(seconds)

    def wait(self, seconds: float) -> None:
        self._system.wait(seconds)
