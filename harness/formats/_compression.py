"""Bodies decompressed, so that they can be read, compared and searched."""

from collections.abc import Iterator, Sequence

import httpx2

from harness.cassette import Chunk, Headers

# They describe how a body travelled, and would be wrong for the one that is stored.
_TRAVEL = frozenset({"content-length", "transfer-encoding", "connection", "keep-alive"})
_ENCODING = "content-encoding"


def decompressed(headers: Headers, chunks: Sequence[Chunk]) -> tuple[Headers, tuple[Chunk, ...]]:
    """The chunks without compression, each at the time when it arrived, and the headers they need.

    What can't be decompressed here stays as it is, and so does its `content-encoding`.
    """
    kept = tuple((name, value) for name, value in headers if name.lower() not in _TRAVEL)
    plain = tuple((name, value) for name, value in kept if name.lower() != _ENCODING)
    if len(plain) == len(kept):
        return kept, tuple(chunks)
    try:
        clear = tuple(_decoded(kept, chunks))
    except httpx2.DecodingError:
        clear = tuple(chunks)
    unchanged = b"".join(chunk.data for chunk in clear) == b"".join(chunk.data for chunk in chunks)
    # Recorders that decompress often leave the header standing.
    if unchanged and not _is_text(clear):
        return kept, tuple(chunks)
    return plain, clear


def _decoded(headers: Headers, chunks: Sequence[Chunk]) -> Iterator[Chunk]:
    arrived = 0

    def pieces() -> Iterator[bytes]:
        nonlocal arrived
        for chunk in chunks:
            arrived = chunk.at_ns
            yield chunk.data

    # The decoders themselves are private to httpx2; a response around the pieces has them.
    for data in httpx2.Response(200, headers=list(headers), content=pieces()).iter_bytes():
        yield Chunk(arrived, data)


def _is_text(chunks: Sequence[Chunk]) -> bool:
    try:
        b"".join(chunk.data for chunk in chunks).decode()
    except UnicodeDecodeError:
        return False
    return True
