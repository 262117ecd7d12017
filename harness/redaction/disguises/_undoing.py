"""Spellings that hide a text: what is found in the clear form is replaced in the hidden one."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

from harness.redaction._edits import Edit, Find
from harness.redaction.disguises._packing import PACKED

_DEEPEST = 3
"""How many disguises may lie upon each other."""


class Undone(NamedTuple):
    """A part of the data in its clear form."""

    clear: bytes
    back: Callable[[Sequence[Edit]], list[Edit]]
    """From edits of the clear form to edits of the data."""


class Undo(Protocol):
    """Takes one disguise off, wherever there is one."""

    def __call__(self, data: bytes) -> Iterator[Undone]:
        """The parts of the data that wear it."""

    def may_be_in(self, data: bytes) -> bool:
        """Whether it is worth looking: almost always it is not, and everything is looked at."""


class Where:
    """Several of a kind, that are only looked for where there may be any.

    Args:
        may_be_in: A quick look.
        several: What is looked for then.
    """

    def __init__(self, may_be_in: Callable[[bytes], bool], *several: Undo) -> None:
        self.may_be_in, self._several = may_be_in, several

    def __call__(self, data: bytes) -> Iterator[Undone]:
        for each in self._several:
            if each.may_be_in(data):
                yield from each(data)


def edits_below(data: bytes, find: Find, undo: Sequence[Undo], depth: int = _DEEPEST) -> list[Edit]:
    """The edits that are found in the data and in all that it hides."""
    edits = list(find(data))
    for undone in _undone(data, undo, depth):
        if inner := edits_below(undone.clear, find, undo, _below(undone.clear, depth)):
            edits += undone.back(inner)
    return edits


def forms_of(data: bytes, undo: Sequence[Undo], depth: int = _DEEPEST) -> Iterator[bytes]:
    """The data, and all that it hides."""
    yield data
    for undone in _undone(data, undo, depth):
        yield from forms_of(undone.clear, undo, _below(undone.clear, depth))


def _below(clear: bytes, depth: int) -> int:
    """How deep to go on: what is neither text nor packed, such as a picture, hides no more."""
    try:
        clear.decode()
    except UnicodeDecodeError:
        return depth - 1 if clear.startswith(PACKED) else 0
    return depth - 1


def _undone(data: bytes, undo: Sequence[Undo], depth: int) -> Iterator[Undone]:
    if depth:
        for each in undo:
            if each.may_be_in(data):
                yield from each(data)
