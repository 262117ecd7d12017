"""Spellings that hide a text: escapes of several kinds, base64, hexadecimal, UTF-16, packing.

What is found in the clear form is replaced in the hidden one, which stays what it is.
"""

import base64
import binascii
import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

from harness.redaction._edits import Edit, Find, applied
from harness.redaction._packing import (
    GZIP,
    ZSTD,
    from_gzip,
    from_zstd,
    to_gzip,
    to_zstd,
)
from harness.redaction._runs import long_runs, marks

_DEEPEST = 3
"""How many disguises may lie upon each other."""
_LEGIBLE = re.compile(rb"(?:[\x20-\x7e]\0?){8}|\A(?:\x1f\x8b|\x28\xb5\x2f\xfd)")
"""The beginning of something that is worth being looked into: no shorter secret is searched for."""


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
        return depth - 1 if clear.startswith((GZIP, ZSTD)) else 0
    return depth - 1


def _undone(data: bytes, undo: Sequence[Undo], depth: int) -> Iterator[Undone]:
    if depth:
        for each in undo:
            if each.may_be_in(data):
                yield from each(data)


class _Escapes:
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
            stretch = bisect_right(here, at) - 1
            if stretch % 2 == 0:
                return there[stretch] + at - here[stretch]
            # Inside of one character that is several bytes.
            return there[stretch + 1] if is_end and at > here[stretch] else there[stretch]

        def back(edits: Sequence[Edit]) -> list[Edit]:
            return [Edit(place(a, False), place(b, True), text) for a, b, text in edits]

        yield Undone(b"".join(parts), back)


class _Coded:
    """Runs of characters that stand for other bytes, all together.

    Args:
        pattern: A run.
        decode: What a run stands for; ValueError if it stands for nothing.
        encode: The run for other bytes, in the manner of the given one.
        mark: What there is wherever there is a run, for a quick look.
        letters: Or what runs are made of, as in a pattern's brackets.
        shortest: No run of letters is shorter than this; keys are made of all of them.
    """

    def __init__(
        self,
        pattern: bytes,
        decode: Callable[[bytes], bytes],
        encode: Callable[[bytes, bytes], bytes],
        *,
        mark: bytes = b"",
        letters: bytes = b"a",
        shortest: int = 1,
    ) -> None:
        self._pattern, self._decode, self._encode = re.compile(pattern), decode, encode
        self._mark, self._shortest = mark, shortest
        self._marked = marks(letters)

    def __call__(self, data: bytes) -> Iterator[Undone]:
        for match in self._pattern.finditer(data):
            if clear := self._clear(match[0]):
                yield Undone(clear, self._back(match, clear))

    def may_be_in(self, data: bytes) -> bool:
        if self._mark:
            return self._mark in data
        runs = long_runs(data, self._shortest)
        if b"a" * self._shortest not in runs.translate(self._marked):
            return False
        # Ids and long words are runs too, and mean nothing; the data is only walked for more.
        return any(self._clear(match[0]) for match in self._pattern.finditer(runs))

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


def _from_base64(run: bytes) -> bytes:
    plain = run.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    return base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)


def _to_base64(clear: bytes, like: bytes) -> bytes:
    is_for_urls = b"-" in like or b"_" in like
    run = (base64.urlsafe_b64encode if is_for_urls else base64.b64encode)(clear)
    return run if like.endswith(b"=") or len(like) % 4 == 0 else run.rstrip(b"=")


def _to_hexadecimal(clear: bytes, like: bytes) -> bytes:
    return binascii.hexlify(clear).upper() if like == like.upper() else binascii.hexlify(clear)


def _character(code: bytes) -> bytes:
    return chr(int(code, 16)).encode(errors="surrogatepass")


JSON_ESCAPES: Undo = _Escapes(
    b"\\",
    rb"(?<!\\)\\++(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(/))",
    lambda match: match[3] or _character(match[1] or match[2]),
)
PERCENT: Undo = _Escapes(b"%", rb"%([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]))
EVERY: tuple[Undo, ...] = (
    JSON_ESCAPES,
    PERCENT,
    _Escapes(
        b"&",
        rb"&(?:#[0-9]{1,6}|#[xX][0-9a-fA-F]{1,5}|amp|lt|gt|quot|apos);",
        lambda match: html.unescape(match[0].decode()).encode(errors="surrogatepass"),
    ),
    _Coded(
        rb"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{22,}={0,2}",
        _from_base64,
        _to_base64,
        letters=b"A-Za-z0-9+/_-",
        shortest=22,
    ),
    _Coded(
        rb"(?<![0-9a-fA-F])(?:[0-9a-fA-F]{2}){16,}(?![0-9a-fA-F])",
        binascii.unhexlify,
        _to_hexadecimal,
        letters=b"0-9a-fA-F",
        shortest=32,
    ),
    _Coded(
        rb"(?:[\x09-\x7e]\x00){8,}",
        lambda run: run[::2],
        lambda clear, _: clear.decode("latin-1").encode("utf-16-le"),
        mark=b"\0",
    ),
    _Coded(
        rb"(?:\x00[\x09-\x7e]){8,}",
        lambda run: run[1::2],
        lambda clear, _: clear.decode("latin-1").encode("utf-16-be"),
        mark=b"\0",
    ),
    _Coded(rb"\A\x1f\x8b(?s:.*)", from_gzip, to_gzip, mark=GZIP[:1]),
    _Coded(rb"\A\x28\xb5\x2f\xfd(?s:.*)", from_zstd, to_zstd, mark=ZSTD[-1:]),
)
"""Takes off whatever disguise is known here."""
