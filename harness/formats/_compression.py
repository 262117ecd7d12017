"""Bodies and files decompressed, so that they can be read, compared and searched."""

import zlib
from collections.abc import Iterator, Sequence

import httpx2

from harness.interactions import Chunk, Headers

MOST_BYTES = 256 * 2**20
"""What is longer once it is decompressed is an attack, not a recording."""

# They describe how a body travelled, and would be wrong for the one that is stored.
_TRAVEL = frozenset({"content-length", "transfer-encoding", "connection", "keep-alive"})
_ENCODING = "content-encoding"
# A decoder is fed little by little, so that it can be stopped: gzip grows a thousandfold at most.
_SLICE_BYTES = 2**14


def decompressed(headers: Headers, chunks: Sequence[Chunk]) -> tuple[Headers, tuple[Chunk, ...]]:
    """The chunks without compression, each at the time when it arrived, and the headers they need.

    What can't be decompressed here stays as it is, and so does its `content-encoding`.
    """
    kept = tuple((name, value) for name, value in headers if name.lower() not in _TRAVEL)
    plain = tuple((name, value) for name, value in kept if name.lower() != _ENCODING)
    if len(plain) == len(kept):
        return kept, tuple(chunks)
    encodings = ",".join(value for name, value in kept if name.lower() == _ENCODING)
    try:
        clear = tuple(_decoded(encodings, chunks))
    except (httpx2.DecodingError, ValueError):
        clear = tuple(chunks)
    unchanged = b"".join(chunk.data for chunk in clear) == b"".join(chunk.data for chunk in chunks)
    # Recorders that decompress often leave the header standing.
    if unchanged and not _is_text(clear):
        return kept, tuple(chunks)
    return plain, clear


def unpacked(data: bytes) -> bytes:
    """A file's content: what is in it, if it was packed with gzip.

    Raises:
        ValueError: It is damaged, or unpacks to too much.
    """
    if data[:2] != b"\x1f\x8b":
        return data
    unpacking = zlib.decompressobj(wbits=31)
    try:
        content = unpacking.decompress(data, MOST_BYTES)
    except zlib.error as error:
        raise ValueError(f"packed with gzip, and damaged: {error}") from error
    if unpacking.unconsumed_tail:
        raise ValueError("it unpacks to too much")
    if not unpacking.eof:
        raise ValueError("packed with gzip, and cut off")
    return content


def _decoded(encodings: str, chunks: Sequence[Chunk]) -> Iterator[Chunk]:
    arrived, left = 0, MOST_BYTES

    def pieces() -> Iterator[bytes]:
        nonlocal arrived
        for chunk in chunks:
            arrived = chunk.at_ns
            for start in range(0, len(chunk.data), _SLICE_BYTES):
                yield chunk.data[start : start + _SLICE_BYTES]

    if encodings.count(",") > 1:
        raise ValueError("packed more than twice")
    # The decoders themselves are private to httpx2; a response around the pieces has them.
    packed = httpx2.Response(200, headers=[(_ENCODING, encodings)], content=pieces())
    for data in packed.iter_bytes():
        left -= len(data)
        if left < 0:
            raise ValueError("it decompresses to too much")
        yield Chunk(arrived, data)


def _is_text(chunks: Sequence[Chunk]) -> bool:
    try:
        b"".join(chunk.data for chunk in chunks).decode()
    except UnicodeDecodeError:
        return False
    return True
