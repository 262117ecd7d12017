"""When something happens among streams side by side: an order that no stream's speed decides."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from typing import NamedTuple

from agentchat.core._world import monotonic

Place = tuple[int, ...]
"""Compared with others of a run, it gives their order: streams that went on side by side stand one
behind the other, where they began."""


class Moment(NamedTuple):
    """When something happened."""

    place: Place
    seconds: float
    """On the world's clock."""


class Strand:
    """What is done one thing after the other.

    Args:
        lane: Where it begins: the place of the streams of which it is one, and its position among
            them; empty for what is no such stream.
    """

    def __init__(self, lane: Place = ()) -> None:
        self.lane = lane
        self._numbers = count()

    def beside(self, streams: int) -> "list[Strand]":
        """Strands for so many streams that begin now."""
        place = (*self.lane, next(self._numbers))
        return [Strand((*place, position)) for position in range(streams)]

    def moment(self) -> Moment:
        """The present one; no other is the same."""
        return Moment((*self.lane, next(self._numbers)), monotonic())


strand: ContextVar[Strand] = ContextVar("strand", default=Strand())  # noqa: B039 - it is only counted on
"""The one that the running code belongs to."""

happened: ContextVar[Moment | None] = ContextVar("happened", default=None)
"""When the item in hand was made, if it came out of streams side by side."""


def this_moment() -> Moment:
    """The present moment, or when what the caller was given last was made, beside others."""
    return happened.get() or strand.get().moment()


@contextmanager
def out_of(made: Moment | None) -> Iterator[None]:
    """A block in which an item is yielded that came out of streams side by side, and when.

    It may stand around a `yield`: what the consumer does there only happens behind the streams.
    """
    happened.set(made)
    try:
        yield
    finally:
        happened.set(None)
