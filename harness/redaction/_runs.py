"""A quick look for what can be a secret: long runs of the characters that keys are made of.

Almost every request has none that matters, and every request of every replay is looked through.
"""

import re
from functools import lru_cache

_CHARACTERS = rb"A-Za-z0-9_.~+/=%-"
_TOKEN = re.compile(b"[" + _CHARACTERS + b"]+")
_MARKED = bytes(ord("a") if _TOKEN.fullmatch(bytes([code])) else ord(" ") for code in range(256))


def is_token(text: bytes) -> bool:
    """Whether a text is one run."""
    return bool(_TOKEN.fullmatch(text))


def long_runs(data: bytes, length: int) -> bytes:
    """The runs of at least this length, with spaces between; empty when there are none."""
    if b"a" * length not in data.translate(_MARKED):
        return b""
    return b" ".join(_runs_of(length).findall(data))


@lru_cache(maxsize=64)
def _runs_of(length: int) -> re.Pattern[bytes]:
    return re.compile(b"[%b]{%d,}" % (_CHARACTERS, length))
