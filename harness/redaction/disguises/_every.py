"""The disguises that are known here, and how each is taken off."""

import html
import re

from harness.redaction._runs import has_numbers, has_pairs, long_runs
from harness.redaction.disguises._coded import Coded, CodedInLetters, CodedInLines, Packed
from harness.redaction.disguises._codes import (
    LINE_END,
    from_base32,
    from_base64,
    from_deflate_in_base64,
    from_hexadecimal,
    from_lines,
    from_numbers,
    to_base32,
    to_base64,
    to_deflate_in_base64,
    to_hexadecimal,
    to_lines,
    to_numbers,
)
from harness.redaction.disguises._escapes import Escapes
from harness.redaction.disguises._packing import (
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
from harness.redaction.disguises._undoing import Undo, Where


def _unescaped(escape: re.Match[bytes]) -> bytes:
    sign, octal, pair = escape["sign"], escape["octal"], escape["pair"]
    if pair:
        return bytes.fromhex(re.sub(rb"\\+u", b"", pair).decode()).decode("utf-16-be").encode()
    if octal:
        return bytes([int(octal, 8)])
    code = escape[2] or escape[3] or escape[4]
    return sign or chr(int(code, 16)).encode(errors="surrogatepass")


# After a backslash, `n`, `t` and the like are JSON's way to write white space.
_BEFORE = rb"(?:(?<![A-Za-z0-9+/_\\-])|(?<=\\[nrt])|(?<=\\)(?![nrtu/]))"

JSON_ESCAPES: Undo = Escapes(
    b"\\",
    rb"(?<!\\)\\++(?:u(?P<pair>[dD][89abAB][0-9a-fA-F]{2}\\++u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(?:u|U0000)([0-9a-fA-F]{4})|u\{0*([0-9a-fA-F]{1,4})\}|x([0-9a-fA-F]{2})"
    rb"|(?P<octal>[0-3][0-7]{2})|(?P<sign>/))",
    _unescaped,
)
"""With those of programs: letters, slashes and octal codes behind any number of backslashes."""

# What is written in the same way several times over becomes clear at once.
PERCENT: Undo = Escapes(
    b"%", rb"%(?:25)*(?:u00)?([0-9A-Fa-f]{2})", lambda match: bytes.fromhex(match[1].decode())
)
_HTML = Escapes(
    b"&",
    rb"&(?:amp;)*(#[0-9]{1,9};?|#[xX][0-9a-fA-F]{1,8};?|[a-zA-Z]{2,31};)",
    lambda match: html.unescape(f"&{match[1].decode()}").encode(errors="surrogatepass"),
)
_QUOTED_PRINTABLE = Escapes(
    b"=",
    rb"=(?:([0-9A-F]{2})|%b)" % LINE_END,
    lambda match: bytes.fromhex((match[1] or b"").decode()),
)
# Nothing wide, and the letters as wide as Chinese ones; their usual punctuation stays.
_OTHER_LETTERS = Escapes(
    b"",
    rb"(?:\xc2\xad|\xe2\x80[\x8b-\x8f]|\xe2\x81[\xa0-\xa4]|\xef\xbb\xbf)"
    rb"|(\xef(?:\xbc[\x82-\x87\x8a-\x8b\x8d-\x99\x9c-\x9e\xa0-\xbf]|\xbd[\x80-\x9e]))",
    lambda match: chr(ord(match[1].decode()) - 0xFEE0).encode() if match[1] else b"",
)
_BASE64, _DEFLATE_IN_BASE64 = (
    CodedInLetters(
        _BEFORE + rb"[A-Za-z0-9+/_-]{22,}={0,2}",
        decode,
        encode,
        letters=b"A-Za-z0-9+/_-",
        shortest=22,
    )
    for decode, encode in (
        (from_base64, to_base64),
        (from_deflate_in_base64, to_deflate_in_base64),
    )
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
_PAIRS = (
    rb"(?<![0-9a-fA-F])[0-9a-fA-F]{2}(?:(%b)[0-9a-fA-F]{2})(?:\1[0-9a-fA-F]{2}){14,}(?![0-9a-fA-F])"
)
_HEXADECIMAL = CodedInLetters(
    _PAIRS % b"-?", from_hexadecimal, to_hexadecimal, letters=b"0-9a-fA-F-", shortest=32
)
_HEXADECIMAL_APART = Coded(_PAIRS % b"[ :]", from_hexadecimal, to_hexadecimal)
_NUMBER = rb"(?:0x[0-9a-fA-F]{1,2}|[0-9]{1,3})"
_NUMBERS = Coded(
    rb"(?<![\w.])%b(?:,\s*%b){7,}+(?![\w.])" % (_NUMBER, _NUMBER), from_numbers, to_numbers
)


def _wide(bits: int, end: str) -> Coded:
    """Letters that have that many bits each."""
    zeros, width = b"\\x00" * (bits // 8 - 1), bits // 8
    letter = rb"[\x09-\x7e]"
    at, one = (0, letter + zeros) if end == "le" else (width - 1, zeros + letter)
    return Coded(
        b"(?:%b){8,}" % one,
        lambda run: run[at::width],
        lambda clear, _: clear.decode("latin-1").encode(f"utf-{bits}-{end}"),
    )


EVERY: tuple[Undo, ...] = (
    JSON_ESCAPES,
    PERCENT,
    _HTML,
    _QUOTED_PRINTABLE,
    Where(lambda data: not data.isascii(), _OTHER_LETTERS),
    Where(
        lambda data: bool(long_runs(data)),
        _BASE64,
        _BASE64_IN_LINES,
        _DEFLATE_IN_BASE64,
        _BASE32,
        _HEXADECIMAL,
    ),
    Where(has_pairs, _HEXADECIMAL_APART),
    Where(has_numbers, _NUMBERS),
    Where(
        lambda data: b"\0" in data,
        *(_wide(bits, end) for bits in (16, 32) for end in ("le", "be")),
    ),
    Where(
        lambda data: data.startswith(PACKED),
        Packed((GZIP,), from_gzip, to_gzip),
        Packed(ZLIB, from_zlib, to_zlib),
        Packed((ZSTD,), from_zstd, to_zstd),
    ),
)
"""Takes off whatever disguise is known here."""
