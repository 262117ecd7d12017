"""A quick look for what can be a secret: long runs of the characters that keys are made of.

Almost every request has none that matters, and every request of every replay is looked through.
"""

import re
from functools import lru_cache
from string import digits, hexdigits

SHORTEST = 16
"""Shorter runs are too usual to tell anything."""

_CHARACTERS = rb"A-Za-z0-9_.~+/=%-"
_TOKEN = re.compile(b"[" + _CHARACTERS + b"]+")


def marks(letters: bytes) -> bytes:
    """A table for `translate` that makes `a` of some letters, and a space of all others.

    Args:
        letters: As in a pattern's brackets: `a-f`.
    """
    one = re.compile(b"[" + letters + b"]")
    return bytes(ord("a" if one.match(bytes([code])) else " ") for code in range(256))


_MARKED = marks(_CHARACTERS)
_SPACED = bytes(code if _MARKED[code] == ord("a") else ord(" ") for code in range(256))
_PAIRED = bytes(
    ord("a" if chr(code) in hexdigits else " " if chr(code) in " :" else ".") for code in range(256)
)
_NUMBERED = bytes(ord("0") if chr(code) in digits else code for code in range(256))
_NO_FIGURE = bytes(code for code in range(256) if chr(code) not in f"{digits},.x")


def is_token(text: bytes) -> bool:
    """Whether a text is one run."""
    return bool(_TOKEN.fullmatch(text))


def long_runs(data: bytes, length: int = SHORTEST) -> bytes:
    """The runs of at least this length, with spaces between; empty when there are none."""
    runs = _runs(data)
    return b" ".join([run for run in runs if len(run) >= length]) if runs else b""


def has_pairs(data: bytes) -> bool:
    """Whether there are hexadecimal numbers of two letters in a row, a secret's length of them."""
    # All that stand for letters begin with a digit.
    may_have = b"0" * SHORTEST in _numbered(data)
    return may_have and b"aa " * (SHORTEST - 1) in data.translate(_PAIRED)


def has_numbers(data: bytes) -> bool:
    """Whether there is a list of numbers, of two digits at least or in hexadecimal."""
    numbered = _numbered(data)
    return b"00,00,00" in numbered or b",0x" in numbered


# The same data is looked at for several things, one after the other.
@lru_cache(maxsize=4)
def _runs(data: bytes) -> tuple[bytes, ...]:
    if b"a" * SHORTEST not in data.translate(_MARKED):
        return ()
    return tuple(run for run in data.translate(_SPACED).split() if len(run) >= SHORTEST)


@lru_cache(maxsize=4)
def digits_of(data: bytes) -> bytes:
    """All digits."""
    return _figures(data).translate(None, b",.x")


def _numbered(data: bytes) -> bytes:
    return _figures(data).translate(_NUMBERED)


@lru_cache(maxsize=4)
def _figures(data: bytes) -> bytes:
    """The digits, and what stands between those of one number and of the next."""
    return data.translate(None, _NO_FIGURE)
