"""Edits of bytes, also of bytes that lie in several pieces."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from operator import attrgetter
from typing import NamedTuple


class Edit(NamedTuple):
    """A span that becomes another text."""

    start: int
    end: int
    text: bytes


Find = Callable[[bytes], Iterable[Edit]]
"""Says what to replace; the edits may overlap and come in any order."""


def outside(edits: Sequence[Edit], done: Sequence[tuple[int, int]]) -> list[Edit]:
    """The edits that touch none of the spans."""
    spans = sorted(done)
    starts = [start for start, _ in spans]
    # The end of that which goes furthest, of each span and those before it.
    ends = list(accumulate((end for _, end in spans), max, initial=0))
    return [edit for edit in edits if ends[bisect_left(starts, edit.end)] <= edit.start]


def applied(edits: Sequence[Edit], pieces: Sequence[bytes]) -> list[bytes]:
    """The pieces with the edits made; of edits that overlap, the first and longest is."""
    chosen = _without_overlaps(edits)
    result = []
    start = 0
    for piece in pieces:
        first = bisect_right(chosen, start, key=attrgetter("end"))
        behind = bisect_left(chosen, start + len(piece), key=attrgetter("start"))
        result.append(_edited(piece, start, chosen[first:behind]))
        start += len(piece)
    return result


def positions(text: bytes, data: bytes) -> Iterator[int]:
    """Where a text begins in the data, overlaps too."""
    start = data.find(text)
    while start >= 0:
        yield start
        start = data.find(text, start + 1)


def _without_overlaps(edits: Sequence[Edit]) -> list[Edit]:
    chosen: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if not chosen or edit.start >= chosen[-1].end:
            chosen.append(edit)
    return chosen


def _edited(piece: bytes, start: int, edits: Sequence[Edit]) -> bytes:
    """A piece that begins there, with the edits made that are of it."""
    parts = []
    position = start
    for edit in edits:
        parts.append(piece[position - start : max(edit.start, start) - start])
        if edit.start >= start:
            parts.append(edit.text)
        position = edit.end
    parts.append(piece[position - start :])
    return b"".join(parts)
