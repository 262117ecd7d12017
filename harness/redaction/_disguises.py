"""The disguises that are known here, and how each is taken off."""

import binascii
import html

from harness.redaction._coded import (
    LINE_END,
    Coded,
    CodedInLetters,
    CodedInLines,
    Packed,
    from_base32,
    from_base64,
    from_lines,
    to_base32,
    to_base64,
    to_hexadecimal,
    to_lines,
)
from harness.redaction._escapes import Escapes
from harness.redaction._packing import (
    GZIP,
    PACKED,
    ZLIB,
    ZSTD,
    from_gzip,
    from_zlib,
    from_zstd,
    to_gzip,
    to_zlib,
    to_zstd,
)
from harness.redaction._runs import long_runs
from harness.redaction._undoing import Undo, Where


def _character(code: bytes) -> bytes:
    return chr(int(code, 16)).encode(errors="surrogatepass")


# After a backslash, `n`, `t` and the like are JSON's way to write white space.
_BEFORE = rb"(?:(?<![A-Za-z0-9+/_\\-])|(?<=\\[nrt])|(?<=\\)(?![nrtu/]))"

JSON_ESCAPES: Undo = Escapes(
    b"\\",
    rb"(?<!\\)\\++(?:u([0-9a-fA-F]{4})|u\{0*([0-9a-fA-F]{1,4})\}|x([0-9a-fA-F]{2})|(/))",
    lambda match: match[4] or _character(match[1] or match[2] or match[3]),
)
PERCENT: Undo = Escapes(b"%", rb"%([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]))
_HTML = Escapes(
    b"&",
    rb"&(?:#[0-9]{1,6}|#[xX][0-9a-fA-F]{1,5}|amp|lt|gt|quot|apos);",
    lambda match: html.unescape(match[0].decode()).encode(errors="surrogatepass"),
)
_BASE64 = CodedInLetters(
    _BEFORE + rb"[A-Za-z0-9+/_-]{22,}={0,2}",
    from_base64,
    to_base64,
    letters=b"A-Za-z0-9+/_-",
    shortest=22,
)
_BASE64_IN_LINES = CodedInLines(
    _BEFORE
    + rb"(?:[A-Za-z0-9+/]{76}|[A-Za-z0-9+/]{64})"
    + rb"(?:%b[A-Za-z0-9+/]{1,76})+={0,2}" % LINE_END,
    from_lines,
    to_lines,
    letters=b"A-Za-z0-9+/",
    shortest=64,
)
_BASE32 = CodedInLetters(
    rb"(?:(?<![A-Z0-9])[A-Z2-7]{26,}|(?<![A-Za-z0-9])[a-z2-7]{26,})={0,6}(?![A-Za-z0-9])",
    from_base32,
    to_base32,
    letters=b"A-Za-z2-7",
    shortest=26,
)
_HEXADECIMAL = CodedInLetters(
    rb"(?<![0-9a-fA-F])(?:[0-9a-fA-F]{2}){16,}(?![0-9a-fA-F])",
    binascii.unhexlify,
    to_hexadecimal,
    letters=b"0-9a-fA-F",
    shortest=32,
)
_UTF_16_LE = Coded(
    rb"(?:[\x09-\x7e]\x00){8,}",
    lambda run: run[::2],
    lambda clear, _: clear.decode("latin-1").encode("utf-16-le"),
)
_UTF_16_BE = Coded(
    rb"(?:\x00[\x09-\x7e]){8,}",
    lambda run: run[1::2],
    lambda clear, _: clear.decode("latin-1").encode("utf-16-be"),
)
EVERY: tuple[Undo, ...] = (
    JSON_ESCAPES,
    PERCENT,
    _HTML,
    Where(lambda data: bool(long_runs(data)), _BASE64, _BASE64_IN_LINES, _BASE32, _HEXADECIMAL),
    Where(lambda data: b"\0" in data, _UTF_16_LE, _UTF_16_BE),
    Where(
        lambda data: data.startswith(PACKED),
        Packed((GZIP,), from_gzip, to_gzip),
        Packed(ZLIB, from_zlib, to_zlib),
        Packed((ZSTD,), from_zstd, to_zstd),
    ),
)
"""Takes off whatever disguise is known here."""
