"""Base64 and the like: what a run stands for, and the run for something else, in its manner."""

import base64
import binascii
import re

from harness.redaction.disguises._packing import from_deflate, to_deflate

LINE_END = rb"(?:\r?\n|(?:\\r)?\\n)"
"""The end of a line, also as JSON writes it."""

_LINE_END = re.compile(LINE_END)

_BETWEEN = re.compile(rb",\s*")

SIGNS = b" :-"
"""What stands between the pairs of hexadecimal, if anything does."""


def from_base64(run: bytes) -> bytes:
    """What base64 stands for, also in the letters for addresses, and without its end."""
    plain = run.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    return base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)


def to_base64(clear: bytes, like: bytes) -> bytes:
    """Base64 in the letters of another, with its end if that has one."""
    is_for_urls = b"-" in like or b"_" in like
    run = (base64.urlsafe_b64encode if is_for_urls else base64.b64encode)(clear)
    return run if like.endswith(b"=") or len(like) % 4 == 0 else run.rstrip(b"=")


def from_deflate_in_base64(run: bytes) -> bytes:
    """What is packed without a head in base64: signed logins travel so in addresses."""
    return from_deflate(from_base64(run))


def to_deflate_in_base64(clear: bytes, like: bytes) -> bytes:
    """As `to_base64`, packed without a head."""
    return to_base64(to_deflate(clear), like)


def from_lines(run: bytes) -> bytes:
    """As `from_base64`, of several lines."""
    return from_base64(_LINE_END.sub(b"", run))


def to_lines(clear: bytes, like: bytes) -> bytes:
    """Base64 in lines as long as those of another."""
    end = _LINE_END.search(like)
    width, sign = (end.start(), end[0]) if end else (len(like), b"")
    run = to_base64(clear, like)
    return sign.join(run[start : start + width] for start in range(0, len(run), width))


def from_base32(run: bytes) -> bytes:
    """What base32 stands for, also in small letters, and without its end."""
    plain = run.rstrip(b"=").upper()
    return base64.b32decode(plain + b"=" * (-len(plain) % 8))


def to_base32(clear: bytes, like: bytes) -> bytes:
    """Base32 in the letters of another, with its end if that has one."""
    run = base64.b32encode(clear)
    run = run if like.endswith(b"=") or len(like) % 8 == 0 else run.rstrip(b"=")
    return run.lower() if like == like.lower() else run


def from_hexadecimal(run: bytes) -> bytes:
    """What hexadecimal stands for, also with signs between."""
    return binascii.unhexlify(run.translate(None, SIGNS))


def to_hexadecimal(clear: bytes, like: bytes) -> bytes:
    """Hexadecimal in the letters of another, with the signs between that it has."""
    sign = like[2:3]
    run = clear.hex(sign) if sign in SIGNS else clear.hex()
    return (run.upper() if like == like.upper() else run).encode()


def from_numbers(run: bytes) -> bytes:
    """What a list of numbers stands for, a letter each."""
    return bytes(int(number, 0) for number in run.split(b","))


def to_numbers(clear: bytes, like: bytes) -> bytes:
    """A list of numbers, with the signs between that another has."""
    between = _BETWEEN.search(like)
    number = hex if like[:2] == b"0x" else str
    return (between[0] if between else b",").join(number(code).encode() for code in clear)
