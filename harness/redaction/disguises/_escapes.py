"""Characters that are written in another way, one by one."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence

from harness.redaction._edits import Edit
from harness.redaction.disguises._undoing import Undone


class Escapes:
    """Single characters that are written in another way; the rest stands as it is.

    Args:
        mark: What there is wherever there is one, for a quick look.
        pattern: One of them.
        clear: The character that it means.
    """

    def __init__(
        self, mark: bytes, pattern: bytes, clear: Callable[[re.Match[bytes]], bytes]
    ) -> None:
        self._mark, self._pattern, self._clear = mark, re.compile(pattern), clear

    def may_be_in(self, data: bytes) -> bool:
        return self._mark in data

    def __call__(self, data: bytes) -> Iterator[Undone]:
        matches = list(self._pattern.finditer(data))
        if not matches:
            return
        parts: list[bytes] = []
        # Where each stretch begins that is the same in both, and each escape: here and there.
        here, there, length, position = [0], [0], 0, 0
        for match in matches:
            character = self._clear(match)
            literal = data[position : match.start()]
            parts += (literal, character)
            length += len(literal)
            here += (length, length + len(character))
            there += match.span()
            length += len(character)
            position = match.end()
        parts.append(data[position:])

        def place(at: int, is_end: bool) -> int:
            # What means nothing belongs to neither what ends before it nor what begins behind it.
            stretch = (bisect_left if is_end else bisect_right)(here, at) - 1
            if stretch % 2 == 0:
                return there[stretch] + at - here[stretch]
            # Of one character, maybe of several bytes.
            return there[stretch + is_end]

        def back(edits: Sequence[Edit]) -> list[Edit]:
            return [Edit(place(a, False), place(b, True), text) for a, b, text in edits]

        yield Undone(b"".join(parts), back)
