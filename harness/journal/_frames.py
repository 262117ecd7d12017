"""Frames: how records lie in a journal, so that one that is torn or damaged is known."""

import struct
from typing import NamedTuple
from zlib import crc32

# Length of the record, its CRC32, and the CRC32 of these two: a damaged length is no torn end.
_HEAD = struct.Struct(">III")
_CHECKED = struct.Struct(">II")


class Frames(NamedTuple):
    """What a file of frames holds."""

    records: list[bytes]
    """All whole ones, up to the first that is not."""

    end: int
    """Where the last of them ends; a torn one behind it does not count."""

    damage: int | None
    """Where the first damaged frame begins; None when there is none."""


def framed(record: bytes) -> bytes:
    """The record with its head, as one piece to write."""
    checked = _CHECKED.pack(len(record), crc32(record))
    return checked + crc32(checked).to_bytes(4, "big") + record


def read_frames(data: bytes) -> Frames:
    """The records in the bytes of a file.

    A file that ends inside a frame, or in zeros, was torn while it was written: nobody was told
    that the frame is there. Anything else that does not fit was damaged later.
    """
    records: list[bytes] = []
    at = 0
    while at + _HEAD.size <= len(data):
        length, record_check, head_check = _HEAD.unpack_from(data, at)
        if crc32(data[at : at + _CHECKED.size]) != head_check:
            return Frames(records, at, None if not any(data[at:]) else at)
        start = at + _HEAD.size
        record = data[start : start + length]
        if len(record) < length:
            break
        if crc32(record) != record_check:
            return Frames(records, at, at)
        records.append(record)
        at = start + length
    return Frames(records, at, None)
