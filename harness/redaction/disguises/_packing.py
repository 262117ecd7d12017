"""Packed bytes: gzip, zlib, raw deflate, and zstd where a library for it is installed."""

import gzip
import zlib
from collections.abc import Callable
from importlib import import_module
from io import BytesIO
from typing import Any

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
PACKED = (GZIP, *ZLIB, ZSTD)
"""How packed bytes begin."""

_MOST_BYTES = 2**26
"""Of what unpacks to more, only so much is looked into."""

_PIECE = 2**16


def from_gzip(data: bytes) -> bytes:
    """What is packed, also in several parts behind each other, as far as it can be unpacked.

    Raises:
        ValueError: It is damaged from the start.
    """
    parts: list[bytes] = []
    left = _MOST_BYTES
    try:
        with gzip.GzipFile(fileobj=BytesIO(data)) as file:
            while left > 0 and (part := file.read1(_PIECE)):
                parts.append(part)
                left -= len(part)
    except (EOFError, OSError, zlib.error) as error:
        if not parts:
            raise ValueError(str(error)) from error
    return b"".join(parts)


def from_zlib(data: bytes) -> bytes:
    """What is packed.

    Raises:
        ValueError: It is damaged.
    """
    return _inflated(data, wbits=15)


def from_deflate(data: bytes) -> bytes:
    """What is packed, without a head that would tell so.

    Raises:
        ValueError: It is damaged, or nothing of the kind.
    """
    return _inflated(data, wbits=-15)


def _inflated(data: bytes, wbits: int) -> bytes:
    try:
        return zlib.decompressobj(wbits=wbits).decompress(data, _MOST_BYTES)
    except zlib.error as error:
        raise ValueError(str(error)) from error


def to_gzip(clear: bytes) -> bytes:
    """The bytes packed, the same ones always in the same way."""
    return gzip.compress(clear, mtime=0)


def from_zstd(data: bytes) -> bytes:
    """What is packed.

    Raises:
        ValueError: It is damaged, or can't be unpacked here.
    """
    library = _zstd()
    try:
        unpacking = library.ZstdDecompressor()
        if hasattr(unpacking, "stream_reader"):
            return bytes(unpacking.stream_reader(data).read(_MOST_BYTES))
        return bytes(unpacking.decompress(data, _MOST_BYTES))
    except library.ZstdError as error:
        raise ValueError(str(error)) from error


def to_zlib(clear: bytes) -> bytes:
    """The bytes packed."""
    return zlib.compress(clear)


def to_deflate(clear: bytes) -> bytes:
    """The bytes packed, without a head."""
    return zlib.compress(clear, wbits=-15)


def to_zstd(clear: bytes) -> bytes:
    """The bytes packed."""
    pack: Callable[[bytes], bytes] = _zstd().compress
    return pack(clear)


def _zstd() -> Any:
    # Who receives zstd has one of these; the first is Python's own from 3.14 on.
    for name in ("compression.zstd", "backports.zstd", "zstandard"):
        try:
            return import_module(name)
        except ImportError:
            continue
    raise ValueError("there is no library for zstd")
