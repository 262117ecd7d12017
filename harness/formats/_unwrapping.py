"""Bodies out of what they travelled in, where a recorder kept it: chunks, and compression."""

import re
import zlib

from harness.interactions import Headers

_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")
_HEADER = "content-encoding"
_TEXT_TYPE = re.compile(r"text/|application/(?:[\w.-]+\+)?(?:json|x-?ndjson|jsonl|xml)")
_ENCODING_BY_START = {b"\x1f\x8b\x08": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
# Bytes of gzip of which each became a character.
_GZIP_AS_TEXT = "\x1f\x8b\x08".encode()


def unwrapped(headers: Headers, body: bytes) -> tuple[Headers, bytes]:
    """The body in one piece, and its headers with the compression that it shows.

    Recorders drop the header that says how a body is compressed, or leave it where they undid that,
    and leave the body in the pieces in which HTTP/1.1 sent it.
    """
    body = _joined(body) if _says(headers, "transfer-encoding", "chunked") else body
    if body.startswith(_GZIP_AS_TEXT):
        body = _as_bytes(body)
    encoding = _encoding(body)
    if encoding != "gzip" and (_HEADER, "gzip") in headers:
        headers = tuple(header for header in headers if header[0] != _HEADER)
    if encoding and not _says(headers, _HEADER) and _is_of_text(headers):
        headers = (*headers, (_HEADER, encoding))
    return headers, body


def _joined(body: bytes) -> bytes:
    """The pieces together; the body itself where it is not in pieces from end to end."""
    pieces: list[bytes] = []
    at = 0
    while size := _SIZE.match(body, at):
        end = size.end() + int(size[1], 16)
        if end == size.end():
            # Trailers may follow the last piece, which is empty.
            return b"".join(pieces)
        if body[end : end + 2] != b"\r\n":
            break
        pieces.append(body[size.end() : end])
        at = end + 2
    return body


def _as_bytes(body: bytes) -> bytes:
    try:
        return body.decode().encode("latin-1")
    except UnicodeError:
        return body


def _encoding(body: bytes) -> str:
    """How a body is compressed, by how it begins; empty if it is not."""
    for start, encoding in _ENCODING_BY_START.items():
        if body.startswith(start):
            return encoding
    return "deflate" if _is_zlib(body) else ""


def _is_zlib(body: bytes) -> bool:
    if body[:1] != b"\x78" or len(body) < 2 or int.from_bytes(body[:2], "big") % 31:
        return False
    try:
        zlib.decompressobj().decompress(body, 1)
    except zlib.error:
        return False
    # A text may begin with an `x` as well.
    return not body.isascii()


def _says(headers: Headers, name: str, word: str = "") -> bool:
    return any(key == name and word in value.lower() for key, value in headers)


def _is_of_text(headers: Headers) -> bool:
    """Whether the headers say that the body is a text."""
    return any(key == "content-type" and _TEXT_TYPE.match(value.lower()) for key, value in headers)
