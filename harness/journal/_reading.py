"""Journals of others: what they hold, and whether their owner still writes."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from harness.interactions import Interaction
from harness.journal._entries import Adopted, Entry, Finished, Merging, Opening, from_bytes
from harness.journal._frames import read_frames
from harness.journal._locks import is_at, try_lock

_UNKNOWN = Opening("", "", "", "live", "", "")
_FLAGS = os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Content:
    """What a journal holds."""

    path: Path
    opening: Opening
    entries: tuple[Entry, ...]
    is_finished: bool
    """Whether the recording came to its end."""

    part_of: str
    """The fingerprint of the cassette into which it was about to be merged; empty for none."""

    end: int
    """Where the last whole record ends."""

    damage: str
    """What is wrong with the file, and where; empty when it is whole."""

    adopted: Mapping[str, Interaction] = field(default_factory=dict)
    """What becomes of the cassette's old interactions, by their fingerprints."""


def content_of(path: Path) -> Content | None:
    """What a journal holds; None when it ends before it says anything.

    A torn end is left out: whoever wrote it was not told that it is kept. Behind damage nothing
    can be told apart, so what is there is left out too.

    Raises:
        ValueError: A newer harness wrote it.
    """
    frames = read_frames(path.read_bytes())
    records = [from_bytes(data) for data in frames.records]
    opening = records[0] if records and isinstance(records[0], Opening) else _UNKNOWN
    if opening is _UNKNOWN and frames.damage is None:
        return None
    return Content(
        path,
        opening,
        tuple(each for each in records if isinstance(each, Entry)),
        any(isinstance(each, Finished) for each in records),
        next((each.result for each in reversed(records) if isinstance(each, Merging)), ""),
        frames.end,
        "" if frames.damage is None else f"damaged at byte {frames.damage}",
        dict(chain(*(each.interactions for each in records if isinstance(each, Adopted)))),
    )


def nothing_in(path: Path) -> Content:
    """What a journal holds whose owner ended before he said anything."""
    return Content(path, _UNKNOWN, (), False, "", 0, "")


@contextmanager
def claimed(
    path: Path, lock: Callable[[int], bool] = try_lock, flags: int = _FLAGS
) -> Iterator[int | None]:
    """Holds a journal whose owner is gone, as an open file; None when it is in use, or gone."""
    try:
        file = os.open(path, flags)
    except FileNotFoundError:
        yield None
        return
    try:
        yield file if lock(file) and is_at(file, path) else None
    finally:
        os.close(file)
