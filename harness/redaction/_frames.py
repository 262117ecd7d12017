"""Amazon's binary event streams: what their frames say, and frames that say something else.

A frame counts its own bytes and has two checksums, so nothing in it can be replaced in place.
"""

import base64
import json
from collections.abc import Iterator
from typing import NamedTuple
from zlib import crc32

_HEAD = 12
"""Bytes of two lengths, of the frame and of its headers, and of a checksum of these."""

_CHECKSUM = 4


class Frame(NamedTuple):
    """One event of such a stream, or what is left where the stream broke off."""

    start: int
    end: int
    headers: bytes
    payload: bytes
    is_whole: bool = True

    @property
    def said(self) -> bytes:
        """What it says, in a line: a model's own events are JSON, most in base64 in JSON."""
        return (_inner(self.payload) or self.payload) + b"\n"

    def saying(self, said: bytes) -> bytes:
        """The bytes of a frame that says something else."""
        payload = said.removesuffix(b"\n")
        if _inner(self.payload) is not None:
            outer = json.loads(self.payload)
            outer["bytes"] = base64.b64encode(payload).decode()
            payload = json.dumps(outer, separators=(",", ":")).encode()
        return _framed(self.headers, payload) if self.is_whole else payload


def frames_in(data: bytes) -> list[Frame]:
    """The frames of a stream, every byte in one of them; none where not even one is whole."""
    # A length below 2^24, as all have, begins so, and next to nothing else does.
    return list(_frames(data)) if data[:1] == b"\0" and _end(data, 0) else []


def _frames(data: bytes) -> Iterator[Frame]:
    start = 0
    while end := _end(data, start):
        payload = start + _HEAD + int.from_bytes(data[start + 4 : start + 8])
        yield Frame(start, end, data[start + _HEAD : payload], data[payload : end - _CHECKSUM])
        start = end
    if start < len(data):
        yield Frame(start, len(data), b"", data[start:], is_whole=False)


def _end(data: bytes, start: int) -> int:
    """Where a whole frame ends; 0 if there is none."""
    end = start + _length(data, start)
    body, checksum = data[start : end - _CHECKSUM], data[end - _CHECKSUM : end]
    return end if start < end <= len(data) and _checksum(body) == checksum else 0


def _length(data: bytes, start: int) -> int:
    """The length of the frame that begins here; 0 if none does."""
    head, checksum = data[start : start + 8], data[start + 8 : start + _HEAD]
    is_one = len(checksum) == _CHECKSUM and _checksum(head) == checksum
    return int.from_bytes(head[:4]) if is_one else 0


def _framed(headers: bytes, payload: bytes) -> bytes:
    length = _HEAD + len(headers) + len(payload) + _CHECKSUM
    head = length.to_bytes(4) + len(headers).to_bytes(4)
    frame = head + _checksum(head) + headers + payload
    return frame + _checksum(frame)


def _checksum(data: bytes) -> bytes:
    return crc32(data).to_bytes(4)


def _inner(payload: bytes) -> bytes | None:
    """The event that is in base64 in another."""
    if b'"bytes"' not in payload:
        return None
    try:
        inner = base64.b64decode(json.loads(payload)["bytes"], validate=True)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return inner
