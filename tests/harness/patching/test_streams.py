"""Streams through every patched library: as they come while recording, as they came when played."""

import asyncio
import http.client
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
import requests
import urllib3

import harness
from agentchat.core import _world
from harness.errors import ReplayMiss
from harness.formats import load, save
from harness.interactions import (
    Cassette,
    Chunk,
    Failure,
    Interaction,
    Request,
    Response,
    Unanswered,
)
from tests.harness.patching.streaming import PIECES, streaming

Read = Callable[[bytes], object]
Stream = Callable[[str, Read], list[bytes]]
LINES = b"".join(PIECES).splitlines(keepends=True)


def heard(pieces: Iterator[bytes], read: Read) -> list[bytes]:
    """The pieces, each told of when it is there."""
    got = []
    for piece in pieces:
        got.append(piece)
        read(piece)
    return got


def by_requests(url: str, read: Read) -> list[bytes]:
    with requests.post(url, stream=True, timeout=5) as response:
        return heard(response.iter_content(None), read)


def by_raw_of_requests(url: str, read: Read) -> list[bytes]:
    with requests.post(url, stream=True, timeout=5) as response:
        return heard(response.raw.stream(None, decode_content=True), read)


def by_urllib3(url: str, read: Read) -> list[bytes]:
    with urllib3.PoolManager() as pool:
        response = pool.request("POST", url, preload_content=False, timeout=5, retries=False)
        with closing(response):
            return heard(response.stream(None), read)


def by_http_client(url: str, read: Read) -> list[bytes]:
    parts = urlsplit(url)
    with closing(http.client.HTTPConnection(parts.netloc, timeout=5)) as connection:
        connection.request("POST", parts.path)
        response = connection.getresponse()
        return heard(iter(response.read1, b""), read)


def by_urllib(url: str, read: Read) -> list[bytes]:
    with urllib.request.urlopen(urllib.request.Request(url, b""), timeout=5) as response:
        return heard(iter(response.read1, b""), read)


def by_any_of_aiohttp(url: str, read: Read) -> list[bytes]:
    return asyncio.run(asked(url, read, lambda response: response.content.iter_any()))


def by_chunks_of_aiohttp(url: str, read: Read) -> list[bytes]:
    async def pieces(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        async for piece, is_end in response.content.iter_chunks():
            assert is_end
            if piece:
                yield piece

    return asyncio.run(asked(url, read, pieces))


async def asked(
    url: str, read: Read, pieces: Callable[[aiohttp.ClientResponse], AsyncIterator[bytes]]
) -> list[bytes]:
    got = []
    timeout = aiohttp.ClientTimeout(total=5)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.post(url) as response,
    ):
        async for piece in pieces(response):
            got.append(piece)
            read(piece)
    return got


LIBRARIES: list[Stream] = [
    by_requests,
    by_raw_of_requests,
    by_urllib3,
    by_http_client,
    by_urllib,
    by_any_of_aiohttp,
    by_chunks_of_aiohttp,
]


def only(path: Path) -> Interaction:
    [interaction] = load(path).interactions
    return interaction


def pieces_in(path: Path) -> list[bytes]:
    """The recorded chunks of the only interaction."""
    recorded = only(path).response
    assert isinstance(recorded, Response)
    assert not isinstance(recorded.body, bytes)
    offsets = [chunk.at_ns for chunk in recorded.body]
    assert offsets == sorted(offsets)
    return [chunk.data for chunk in recorded.body]


@pytest.mark.parametrize("stream", LIBRARIES)
def test_a_stream_comes_as_it_is_sent_and_is_played_in_the_same_pieces(
    stream: Stream, tmp_path: Path
) -> None:
    path = tmp_path / "x.yaml"
    with streaming() as server, harness.cassette(path, record_mode="once"):
        live = stream(f"{server.url}/chunks", server.read)

    with harness.cassette(path) as use:
        replayed = stream(f"{server.url}/chunks", len)

    assert live == replayed == pieces_in(path) == PIECES
    assert use.all_played


def by_lines_of_requests(url: str, read: Read) -> list[bytes]:
    with requests.post(url, stream=True, timeout=5) as response:
        return [line for line in heard(response.iter_lines(1), read) if line]


def by_lines_of_urllib(url: str, read: Read) -> list[bytes]:
    with urllib.request.urlopen(urllib.request.Request(url, b""), timeout=5) as response:
        return [line.strip() for line in heard(response, read) if line.strip()]


def by_lines_of_aiohttp(url: str, read: Read) -> list[bytes]:
    async def lines(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        while line := await response.content.readline():
            yield line

    return [line.strip() for line in asyncio.run(asked(url, read, lines)) if line.strip()]


@pytest.mark.parametrize("stream", [by_lines_of_requests, by_lines_of_urllib, by_lines_of_aiohttp])
def test_a_stream_may_be_read_line_by_line(stream: Stream, tmp_path: Path) -> None:
    with streaming() as server, harness.cassette(tmp_path / "x.yaml", record_mode="once"):
        live = stream(f"{server.url}/chunks", server.read)

    with harness.cassette(tmp_path / "x.yaml"):
        replayed = stream(f"{server.url}/chunks", len)

    assert live == replayed == [b"data: 1", b"data: 2", b": still here", b"data: [DONE]"]


@pytest.mark.parametrize("stream", LIBRARIES[:-1])
@pytest.mark.parametrize("place", ["counted", "until-closed"])
def test_so_does_a_body_that_is_not_sent_in_chunks(
    stream: Stream, place: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.yaml"
    with streaming() as server, harness.cassette(path, record_mode="once"):
        for _ in PIECES:
            server.read()
        live = stream(f"{server.url}/{place}", len)

    with harness.cassette(path):
        replayed = stream(f"{server.url}/{place}", len)

    assert b"".join(live) == b"".join(replayed) == b"".join(PIECES)


@pytest.mark.parametrize("stream", [by_requests, by_raw_of_requests, by_any_of_aiohttp])
def test_a_packed_stream_is_kept_unpacked_in_its_pieces(stream: Stream, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    with streaming() as server, harness.cassette(path, record_mode="once"):
        live = stream(f"{server.url}/packed", server.read)

    with harness.cassette(path):
        replayed = stream(f"{server.url}/packed", len)

    assert live == replayed == pieces_in(path) == PIECES
    assert "content-encoding" not in dict(only(path).response.headers)  # type: ignore[union-attr]


class _Enough(Exception):
    pass


@pytest.mark.parametrize("stream", LIBRARIES)
def test_who_stops_in_the_middle_does_so_again(stream: Stream, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"

    def twice(read: Read) -> list[bytes]:
        got: list[bytes] = []

        def take(piece: bytes) -> None:
            got.append(piece)
            if len(got) == 2:
                raise _Enough
            read(piece)

        with pytest.raises(_Enough):
            stream(f"{server.url}/chunks", take)
        return got

    with streaming() as server, harness.cassette(path, record_mode="once"):
        live = twice(server.read)
        server.read()
    with harness.cassette(path) as use:
        replayed = twice(len)

    assert live == replayed == pieces_in(path) == PIECES[:2]
    assert (only(path).response.ending, use.all_played) == ("stopped", True)


class Still(_world.SystemWorld):
    """Notes how long it is waited, and does not wait."""

    def __init__(self) -> None:
        self.waited: list[float] = []
        self._elapsed = 0.0

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        self.wait(seconds)

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self._elapsed += seconds


@pytest.mark.parametrize("stream", LIBRARIES)
def test_who_reads_on_where_the_recorded_one_stopped_meets_a_miss(
    stream: Stream, tmp_path: Path
) -> None:
    ending = Response(200, (), (Chunk(1, PIECES[0]),), 2, "stopped")
    saved(tmp_path / "x.yaml", ending)

    with (
        _world.entered(Still()),
        harness.cassette(tmp_path / "x.yaml"),
        pytest.raises(ReplayMiss, match="stopped waiting for the rest"),
    ):
        stream(URL, len)


URL = "http://model.invalid/chunks"


def saved(path: Path, response: Response | Unanswered) -> None:
    save(path, Cassette(interactions=(Interaction(Request("POST", URL, (), b""), response),)))


@pytest.mark.parametrize("stream", LIBRARIES)
def test_pieces_come_at_the_recorded_pace_when_asked_to(stream: Stream, tmp_path: Path) -> None:
    chunks = tuple(Chunk(at * 10**9, piece) for at, piece in zip((2, 3, 7), PIECES, strict=True))
    saved(tmp_path / "x.yaml", Response(200, (), chunks, 8 * 10**9))
    paced, unpaced = Still(), Still()

    for world in (paced, unpaced):
        with _world.entered(world), harness.cassette(tmp_path / "x.yaml", pace=world is paced):
            assert stream(URL, len) == PIECES

    assert (paced.waited, unpaced.waited) == ([2, 1, 4, 1], [])


FAILURES: list[tuple[Stream, type[Exception]]] = [
    (by_requests, requests.exceptions.ChunkedEncodingError),
    (by_urllib3, urllib3.exceptions.ProtocolError),
    (by_http_client, http.client.IncompleteRead),
    (by_urllib, http.client.IncompleteRead),
    (by_any_of_aiohttp, aiohttp.ClientPayloadError),
]


@pytest.mark.parametrize(("stream", "error"), FAILURES)
def test_a_stream_that_breaks_off_does_so_again_with_the_librarys_own_error(
    stream: Stream, error: type[Exception], tmp_path: Path
) -> None:
    path = tmp_path / "x.yaml"

    def told(read: Read) -> tuple[list[bytes], type[Exception]]:
        got: list[bytes] = []

        def take(piece: bytes) -> None:
            got.append(piece)
            read(piece)

        with pytest.raises(error) as raised:
            stream(f"{server.url}/cut", take)
        return got, raised.type

    with streaming() as server, harness.cassette(path, record_mode="once"):
        live = told(server.read)
    with harness.cassette(path) as use:
        replayed = told(len)

    assert live == replayed == (PIECES[:2], error)
    assert pieces_in(path) == PIECES[:2]
    assert only(path).response.ending == Failure(
        "RemoteProtocolError", "peer closed connection without sending complete message body"
    )
    assert use.all_played
