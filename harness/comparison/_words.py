"""How one text became another, word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORD = re.compile(r"\w+|[^\S\n]+|\n|[^\w\s]")
_AROUND = 12
"""Words and signs that are shown on each side of a change."""

_MOST = 4_000
"""Words of each text that are compared one by one; beyond, the text counts as changed in whole."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a text: of the old one alone, of the new one alone, or of both."""

    old: str
    new: str

    @property
    def is_same(self) -> bool:
        """Whether nothing changed here."""
        return self.old == self.new


LEFT_OUT = Piece("…", "…")
"""Stands for what is the same, and far from any change."""


def word_changes(old: str, new: str) -> tuple[Piece, ...]:
    """The changes from one text to another, with a few words around each."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    middle = slice(start, len(before) - end), slice(start, len(after) - end)
    codes = _codes(before[middle[0]], after[middle[1]])
    pieces = [Piece("".join(before[:start]), "".join(before[:start]))]
    for a, b, c, d in codes:
        pieces.append(
            Piece("".join(before[start + a : start + b]), "".join(after[start + c : start + d]))
        )
    rest = "".join(before[len(before) - end :]) if end else ""
    pieces.append(Piece(rest, rest))
    return tuple(_shortened([each for each in pieces if each.old or each.new]))


def _codes(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int, int, int]]:
    if max(len(before), len(after)) > _MOST:
        return [(0, len(before), 0, len(after))]
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return [code[1:] for code in matcher.get_opcodes()]


def _shortened(pieces: Sequence[Piece]) -> Iterator[Piece]:
    for position, piece in enumerate(pieces):
        words = _WORD.findall(piece.old)
        if not piece.is_same or len(words) <= 2 * _AROUND + 1:
            yield piece
            continue
        if position > 0:
            yield _both("".join(words[:_AROUND]))
        yield LEFT_OUT
        if position < len(pieces) - 1:
            yield _both("".join(words[-_AROUND:]))


def _both(text: str) -> Piece:
    return Piece(text, text)


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    pairs = enumerate(zip(before, after, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(before), len(after)))
