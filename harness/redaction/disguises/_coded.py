"""Runs of characters that stand for other bytes, and packed bytes: how they are found."""

import re
from collections.abc import Callable, Iterator, Sequence

from harness.redaction._edits import Edit, applied
from harness.redaction._runs import long_runs, marks
from harness.redaction.disguises._packing import PACKED
from harness.redaction.disguises._undoing import Undone

_LEGIBLE = re.compile(rb"(?:[\x20-\x7e]\0{0,3}){8}|\A(?:%b)" % b"|".join(map(re.escape, PACKED)))
"""The beginning of something that is worth being looked into: no shorter secret is searched for."""


class Coded:
    """Runs of characters that stand for other bytes, all together.

    Args:
        pattern: A run.
        decode: What a run stands for; ValueError if it stands for nothing.
        encode: The run for other bytes, in the manner of the given one.
    """

    def __init__(
        self,
        pattern: bytes,
        decode: Callable[[bytes], bytes],
        encode: Callable[[bytes, bytes], bytes],
    ) -> None:
        self._pattern, self._decode, self._encode = re.compile(pattern), decode, encode

    def may_be_in(self, data: bytes) -> bool:
        return True

    def __call__(self, data: bytes) -> Iterator[Undone]:
        for match in self._pattern.finditer(data):
            if clear := self._clear(match[0]):
                yield Undone(clear, self._back(match, clear))

    def _clear(self, run: bytes) -> bytes:
        """What a run stands for; nothing, if that can't be a text."""
        try:
            clear = self._decode(run)
        except ValueError:
            return b""
        return clear if _LEGIBLE.search(clear) else b""

    def _back(self, run: re.Match[bytes], clear: bytes) -> Callable[[Sequence[Edit]], list[Edit]]:
        def back(edits: Sequence[Edit]) -> list[Edit]:
            (changed,) = applied(edits, [clear])
            return [Edit(*run.span(), self._encode(changed, run[0]))]

        return back


class CodedInLetters(Coded):
    """Such runs of letters that keys may be made of.

    Args:
        pattern: As in `Coded`.
        decode: As in `Coded`.
        encode: As in `Coded`.
        letters: What runs are made of, as in a pattern's brackets.
        shortest: No run of letters is shorter than this.
    """

    def __init__(
        self,
        pattern: bytes,
        decode: Callable[[bytes], bytes],
        encode: Callable[[bytes, bytes], bytes],
        *,
        letters: bytes,
        shortest: int,
    ) -> None:
        super().__init__(pattern, decode, encode)
        self._marked, self._shortest = marks(letters), shortest

    def may_be_in(self, data: bytes) -> bool:
        runs = self._runs_in(data)
        # Ids and long words are runs too, and mean nothing; the data is only walked for more. The
        # `n` of an escaped line end looks like part of a run here.
        return any(
            self._clear(match[0]) or (match[0].startswith(b"n") and self._clear(match[0][1:]))
            for match in self._pattern.finditer(runs)
        )

    def _runs_in(self, data: bytes) -> bytes:
        """The runs that are long enough; empty when none is of these letters."""
        runs = long_runs(data, self._shortest)
        return runs if b"a" * self._shortest in runs.translate(self._marked) else b""


class CodedInLines(CodedInLetters):
    """Such runs, cut in lines of equal length."""

    def may_be_in(self, data: bytes) -> bool:
        return bool(self._runs_in(data))


class Packed:
    """Bytes that are packed as a whole.

    Args:
        beginnings: How they begin.
        unpack: What is in them; ValueError if they are damaged.
        pack: The bytes for something else.
    """

    def __init__(
        self,
        beginnings: tuple[bytes, ...],
        unpack: Callable[[bytes], bytes],
        pack: Callable[[bytes], bytes],
    ) -> None:
        self._beginnings, self._unpack, self._pack = beginnings, unpack, pack

    def may_be_in(self, data: bytes) -> bool:
        return data.startswith(self._beginnings)

    def __call__(self, data: bytes) -> Iterator[Undone]:
        try:
            clear = self._unpack(data)
        except ValueError:
            return

        def back(edits: Sequence[Edit]) -> list[Edit]:
            (changed,) = applied(edits, [clear])
            return [Edit(0, len(data), self._pack(changed))]

        yield Undone(clear, back)
