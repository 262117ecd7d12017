"""What passes through the transport, live and from a cassette."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable, Iterator
from importlib import import_module
from pathlib import Path

import httpx2
import pytest

from agentchat.core import _world
from harness.errors import ReplayMiss, UsageError
from harness.formats import load, save
from harness.interactions import Cassette, Failure, Interaction, Request, Response, Unanswered
from harness.journal import pending
from harness.session import CassetteSession, RecordMode
from harness.transport import CassetteTransport

URL = "https://api.openai.com/v1/chat/completions"
ASK = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}]}
SSE = {"content-type": "text/event-stream; charset=utf-8"}
PIECES = [b": comment\r\n\r\n", b'data: {"choices":[]}\r\n', b"\r\n", b"data: [DONE]\n\n"]

Handler = Callable[[httpx2.Request], httpx2.Response]


class Clock(_world.SystemWorld):
    """A world whose time passes in sleep alone."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.wait(seconds)

    def wait(self, seconds: float) -> None:
        self.seconds += seconds


class Stream(httpx2.AsyncByteStream, httpx2.SyncByteStream):
    """Pieces, each of which takes a quarter of a second; at the end, perhaps, an error."""

    def __init__(self, pieces: list[bytes], error: Exception | None = None) -> None:
        self._pieces, self._error = pieces, error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            await _world.sleep(0.25)
            yield piece
        if self._error is not None:
            raise self._error

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces
        if self._error is not None:
            raise self._error


def streaming(pieces: list[bytes], error: Exception | None = None) -> Handler:
    return lambda _: httpx2.Response(200, headers=SSE, stream=Stream(pieces, error))


def failing(error: Exception) -> Handler:
    def fail(_: httpx2.Request) -> httpx2.Response:
        raise error

    return fail


def recorder(folder: Path, handler: Handler) -> tuple[CassetteSession, httpx2.AsyncClient]:
    session = CassetteSession(folder / "chat.yaml", mode=RecordMode.ONCE)
    inner = httpx2.MockTransport(handler)
    return session, httpx2.AsyncClient(transport=CassetteTransport(session, inner))


def player(folder: Path, pace: bool = False) -> httpx2.AsyncClient:
    session = CassetteSession(folder / "chat.yaml")
    return httpx2.AsyncClient(transport=CassetteTransport(session, pace=pace))


async def pieces_of(client: httpx2.AsyncClient) -> list[tuple[bytes, float]]:
    """The raw pieces of a streamed answer, each with the world's time when it came."""
    async with client.stream("POST", URL, json=ASK) as response:
        return [(piece, _world.monotonic()) async for piece in response.aiter_raw()]


async def test_a_json_answer_comes_back_with_status_headers_and_bytes(tmp_path: Path) -> None:
    body = json.dumps({"a": 1, "ä": [1.5, None]}, indent=2).encode() + b"\n"
    headers = {"content-type": "application/json", "retry-after": "7", "set-cookie": "a=b"}
    session, client = recorder(
        tmp_path, lambda _: httpx2.Response(429, headers=headers, content=body)
    )

    live = await client.post(URL, json=ASK)
    session.finish()
    replayed = await player(tmp_path).post(URL, json=ASK)

    assert live.headers["set-cookie"] == "a=b"
    assert (replayed.status_code, replayed.content) == (429, body)
    assert dict(replayed.headers) == {"content-type": "application/json", "retry-after": "7"}


async def test_a_stream_keeps_its_pieces_and_their_times(tmp_path: Path) -> None:
    with _world.entered(Clock()):
        session, client = recorder(tmp_path, streaming(PIECES))
        live = await pieces_of(client)
        session.finish()
    with _world.entered(Clock()):
        replayed = await pieces_of(player(tmp_path, pace=True))

    assert live == list(zip(PIECES, [0.25, 0.5, 0.75, 1.0], strict=True))
    assert replayed == live


async def test_a_synchronous_caller_gets_the_recorded_pace_too(tmp_path: Path) -> None:
    with _world.entered(Clock()):
        session, recording = recorder(tmp_path, streaming(PIECES))
        live = await pieces_of(recording)
        session.finish()

    with _world.entered(Clock()):
        transport = CassetteTransport(CassetteSession(session.path), pace=True)
        with httpx2.Client(transport=transport).stream("POST", URL, json=ASK) as response:
            replayed = [(piece, _world.monotonic()) for piece in response.iter_raw()]

    assert replayed == live


def test_a_recorded_pace_is_kept_under_trio(tmp_path: Path) -> None:
    trio = pytest.importorskip("trio")
    asked = Request("GET", "https://api.openai.com/v1/models", (), b"")
    answer = Response(200, (), b"{}", 5_000_000_000)
    save(tmp_path / "chat.yaml", Cassette(interactions=(Interaction(asked, answer),)))

    async def seconds() -> float:
        began = trio.current_time()
        await player(tmp_path, pace=True).get(asked.url)
        return float(trio.current_time() - began)

    clock = import_module("trio.testing").MockClock(autojump_threshold=0)
    assert trio.run(seconds, clock=clock) > 4


async def test_a_replay_takes_no_time_unless_asked(tmp_path: Path) -> None:
    with _world.entered(Clock()) as clock:
        session, client = recorder(tmp_path, streaming(PIECES))
        await pieces_of(client)
        session.finish()
        before = clock.monotonic()

        replayed = await pieces_of(player(tmp_path))

    assert replayed == [(piece, before) for piece in PIECES]


async def test_an_answer_that_is_no_stream_takes_its_time_too(tmp_path: Path) -> None:
    with _world.entered(Clock()):
        whole = Stream([b'{"a":', b"1}"])
        session, client = recorder(tmp_path, lambda _: httpx2.Response(200, stream=whole))
        await client.post(URL, json=ASK)
        session.finish()
        [recorded] = load(tmp_path / "chat.yaml").interactions
        assert recorded.response == Response(200, (), b'{"a":1}', 500_000_000)
    with _world.entered(Clock()) as clock:
        await player(tmp_path, pace=True).post(URL, json=ASK)

        assert clock.monotonic() == 0.5


async def test_a_compressed_stream_is_stored_readable_piece_by_piece(tmp_path: Path) -> None:
    packed = gzip.compress(b"data: one\n\ndata: two\n\n", mtime=0)
    headers = {**SSE, "content-encoding": "gzip"}
    session, client = recorder(
        tmp_path,
        lambda _: httpx2.Response(200, headers=headers, stream=Stream([packed[:20], packed[20:]])),
    )

    live = await client.post(URL, json=ASK)
    session.finish()
    [recorded] = load(tmp_path / "chat.yaml").interactions

    assert live.text == "data: one\n\ndata: two\n\n"
    assert isinstance(recorded.response, Response)
    assert recorded.response.content == live.content
    assert recorded.response.headers == (("content-type", SSE["content-type"]),)


async def test_a_caller_that_stops_early_is_recorded_as_one(tmp_path: Path) -> None:
    pieces = [b"data: 1\n\n", b"data: 2\n\n", b"data: 3\n\n"]
    session, client = recorder(tmp_path, streaming(pieces))
    async with client.stream("POST", URL, json=ASK) as response:
        first = await anext(response.aiter_raw())
    session.finish()

    [recorded] = load(tmp_path / "chat.yaml").interactions
    async with player(tmp_path).stream("POST", URL, json=ASK) as again:
        replayed = await anext(again.aiter_raw())

    assert first == replayed == pieces[0]
    assert isinstance(recorded.response, Response)
    assert (recorded.response.content, recorded.response.ending) == (pieces[0], "stopped")


async def test_reading_on_where_the_recorded_caller_stopped_is_a_miss(tmp_path: Path) -> None:
    session, client = recorder(tmp_path, streaming([b"data: 1\n\n", b"data: 2\n\n"]))
    async with client.stream("POST", URL, json=ASK) as response:
        await anext(response.aiter_raw())
    session.finish()

    with _world.entered(Clock()), pytest.raises(ReplayMiss, match="stopped waiting for the rest"):
        await pieces_of(player(tmp_path))


async def test_of_a_closed_answer_there_is_no_more_to_come(tmp_path: Path) -> None:
    session, client = recorder(tmp_path, streaming([b"data: 1\n\n", b"data: 2\n\n"]))
    async with client.stream("POST", URL, json=ASK) as response:
        await anext(response.aiter_raw())
    session.finish()

    async with player(tmp_path).stream("POST", URL, json=ASK) as again:
        pieces = again.aiter_raw()
        first = await anext(pieces)
        await again.aclose()
        rest = [piece async for piece in pieces]

    assert (first, rest) == (b"data: 1\n\n", [])


async def test_a_caller_that_leaves_after_the_last_event_has_read_it_all(tmp_path: Path) -> None:
    session, client = recorder(tmp_path, streaming(PIECES))
    async with client.stream("POST", URL, json=ASK) as response:
        async for piece in response.aiter_raw():
            if piece == PIECES[-1]:
                break
    session.finish()

    replayed = await pieces_of(player(tmp_path))

    assert [piece for piece, _ in replayed] == PIECES


ERRORS = [
    httpx2.ConnectError("[Errno 111] Connection refused"),
    httpx2.ConnectTimeout("timed out"),
    httpx2.ReadTimeout(""),
    httpx2.RemoteProtocolError("Server disconnected without sending a response."),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
async def test_a_transport_error_replays_as_the_same_error(
    tmp_path: Path, error: httpx2.TransportError
) -> None:
    session, client = recorder(tmp_path, failing(error))
    with pytest.raises(type(error)):
        await client.post(URL, json=ASK)
    session.finish()

    with pytest.raises(type(error)) as caught:
        await player(tmp_path).post(URL, json=ASK)

    assert str(caught.value) == str(error)
    assert type(caught.value) is type(error)
    assert caught.value.request.url == URL


async def test_a_stream_that_breaks_breaks_at_the_same_place(tmp_path: Path) -> None:
    broken = httpx2.ReadError("connection reset")
    session, client = recorder(tmp_path, streaming(PIECES[:2], broken))
    with pytest.raises(httpx2.ReadError):
        await pieces_of(client)
    session.finish()
    seen: list[bytes] = []

    async with player(tmp_path).stream("POST", URL, json=ASK) as response:
        with pytest.raises(httpx2.ReadError, match="connection reset"):
            seen.extend([piece async for piece in response.aiter_raw()])

    [recorded] = load(tmp_path / "chat.yaml").interactions
    assert isinstance(recorded.response, Response)
    assert recorded.response.content == b"".join(PIECES[:2])
    assert recorded.response.ending == Failure("ReadError", "connection reset")


async def test_a_caller_that_does_not_wait_for_an_answer_is_recorded_as_one(tmp_path: Path) -> None:
    class Silent(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            asyncio.get_running_loop().call_soon(waiting.cancel)
            await asyncio.Event().wait()
            raise AssertionError

    session = CassetteSession(tmp_path / "chat.yaml", mode=RecordMode.ONCE)
    client = httpx2.AsyncClient(transport=CassetteTransport(session, Silent()))
    with _world.entered(Clock()):
        waiting = asyncio.ensure_future(client.post(URL, json=ASK))
        with pytest.raises(asyncio.CancelledError):
            await waiting
        session.finish()

    [recorded] = load(tmp_path / "chat.yaml").interactions
    assert recorded.response == Unanswered("stopped", 0)
    with _world.entered(Clock()), pytest.raises(ReplayMiss, match="stopped waiting"):
        await player(tmp_path).post(URL, json=ASK)


async def test_an_error_that_is_not_the_transports_is_not_recorded(tmp_path: Path) -> None:
    session, client = recorder(tmp_path, failing(ZeroDivisionError("a bug")))
    with pytest.raises(ZeroDivisionError, match="a bug"):
        await client.post(URL, json=ASK)

    session.finish()

    assert not (tmp_path / "chat.yaml").exists()


async def test_nothing_is_sent_in_a_replay(tmp_path: Path) -> None:
    session = CassetteSession(tmp_path / "chat.yaml")
    transport = CassetteTransport(session, httpx2.MockTransport(failing(AssertionError("sent"))))

    async with httpx2.AsyncClient(transport=transport) as client:
        with pytest.raises(ReplayMiss, match="the cassette is missing"):
            await client.post(URL, json=ASK)


async def test_who_asks_is_stored(tmp_path: Path) -> None:
    session, client = recorder(tmp_path, lambda _: httpx2.Response(200, json={}))

    with _world.scope("team#1"), _world.scope("writer#2"):
        await client.post(URL, json=ASK)
    session.finish()

    [recorded] = load(tmp_path / "chat.yaml").interactions
    assert (recorded.agent_path, recorded.agent) == (("team#1", "writer#2"), "writer")


def test_a_synchronous_client_records_and_replays(tmp_path: Path) -> None:
    session = CassetteSession(tmp_path / "chat.yaml", mode=RecordMode.ONCE)
    inner = httpx2.MockTransport(streaming(PIECES))
    with httpx2.Client(transport=CassetteTransport(session, inner)) as client:
        live = client.post(URL, json=ASK).content
    session.finish()

    replay = CassetteTransport(CassetteSession(tmp_path / "chat.yaml"))
    with httpx2.Client(transport=replay) as client, client.stream("POST", URL, json=ASK) as again:
        assert list(again.iter_raw()) == PIECES
    assert live == b"".join(PIECES)


def sync_recorder(folder: Path, handler: Handler) -> tuple[CassetteSession, httpx2.Client]:
    session = CassetteSession(folder / "chat.yaml", mode=RecordMode.ONCE)
    inner = httpx2.MockTransport(handler)
    return session, httpx2.Client(transport=CassetteTransport(session, inner))


def sync_player(folder: Path) -> httpx2.Client:
    return httpx2.Client(transport=CassetteTransport(CassetteSession(folder / "chat.yaml")))


def test_a_synchronous_error_replays_as_the_same_error(tmp_path: Path) -> None:
    session, client = sync_recorder(tmp_path, failing(httpx2.ReadTimeout("too slow")))
    with pytest.raises(httpx2.ReadTimeout):
        client.post(URL, json=ASK)
    session.finish()

    with pytest.raises(httpx2.ReadTimeout, match="too slow"):
        sync_player(tmp_path).post(URL, json=ASK)


def test_a_synchronous_stream_breaks_and_stops_where_it_did(tmp_path: Path) -> None:
    session, client = sync_recorder(tmp_path, lambda _: next(answers))
    broken = Stream(PIECES[:2], httpx2.ReadError("connection reset"))
    answers = iter([httpx2.Response(200, headers=SSE, stream=each) for each in
                    (broken, Stream(PIECES))])  # fmt: skip
    with pytest.raises(httpx2.ReadError):
        client.post(URL, json=ASK)
    with client.stream("POST", URL, json=ASK) as response:
        next(response.iter_raw())
    session.finish()

    again = sync_player(tmp_path)

    with pytest.raises(httpx2.ReadError, match="connection reset"):
        again.post(URL, json=ASK)
    with pytest.raises(ReplayMiss, match="stopped waiting for the rest"):
        again.post(URL, json=ASK)


async def test_a_caller_that_is_cancelled_in_a_stream_is_recorded_as_one(tmp_path: Path) -> None:
    came = asyncio.Event()

    class Stuck(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield PIECES[0]
            came.set()
            await asyncio.Event().wait()

    session, client = recorder(
        tmp_path, lambda _: httpx2.Response(200, headers=SSE, stream=Stuck())
    )
    task = asyncio.create_task(pieces_of(client))
    await came.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    session.finish()

    [recorded] = load(tmp_path / "chat.yaml").interactions
    assert isinstance(recorded.response, Response)
    assert (recorded.response.content, recorded.response.ending) == (PIECES[0], "stopped")


async def test_every_exchange_is_kept_when_it_is_over(tmp_path: Path) -> None:
    session, client = recorder(tmp_path, streaming(PIECES))

    await pieces_of(client)
    kept = [each.recorded for each in pending(tmp_path / "chat.yaml")]

    assert kept == [1]
    session.discard()


async def test_a_transport_of_the_other_kind_is_refused(tmp_path: Path) -> None:
    session = CassetteSession(tmp_path / "chat.yaml", mode=RecordMode.ONCE)
    client = httpx2.AsyncClient(transport=CassetteTransport(session, httpx2.BaseTransport()))

    with pytest.raises(UsageError, match="BaseTransport can't send for an asynchronous client"):
        await client.post(URL, json=ASK)
