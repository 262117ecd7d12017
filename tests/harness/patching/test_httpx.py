"""httpx and httpx2 under a patch: what was recorded comes back, however it ended."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import httpx
import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

import harness
from harness.errors import ReplayMiss, UsageError
from harness.patching._replacing import replaced
from harness.session import CassetteSession, RecordMode
from harness.transport import HttpxCassetteTransport

URL = "https://model.invalid/v1/chat"
LIBRARIES = [httpx2, httpx]
PIECE = st.binary(min_size=1, max_size=8) | st.sampled_from(
    [b"data: x\n\n", b"\r\n", b": comment\n", b"\xf0\x9f", b"\x98\x80", b'{"a":', b" 1}"]
)


class Answer(NamedTuple):
    """What the network brings, and how much of it the caller reads; None is all."""

    status: int
    pieces: list[bytes]
    error: str | None
    read: int | None


ANSWER = st.builds(
    Answer,
    st.sampled_from([200, 429, 500]),
    st.lists(PIECE, min_size=2, max_size=4),
    st.sampled_from([None, "ReadTimeout", "RemoteProtocolError"]),
    st.sampled_from([None, 1]),
)


def network(library: Any, answers: list[Answer]) -> ExitStack:
    """Stands for the network beneath both kinds of transports."""
    left = iter(answers)

    class Body(library.SyncByteStream, library.AsyncByteStream):  # type: ignore[name-defined,misc]
        def __init__(self, answer: Answer) -> None:
            self.answer = answer

        def __iter__(self) -> Iterator[bytes]:
            yield from self.answer.pieces
            if self.answer.error is not None:
                raise getattr(library, self.answer.error)("it broke")

        async def __aiter__(self) -> AsyncIterator[bytes]:
            for piece in self:
                yield piece

    def respond(self: Any, request: Any) -> Any:
        answer = next(left)
        headers = {"content-type": "text/event-stream"}
        return library.Response(answer.status, headers=headers, stream=Body(answer))

    async def respond_async(self: Any, request: Any) -> Any:
        return respond(self, request)

    wires = ExitStack()
    wires.enter_context(replaced(library.HTTPTransport, "handle_request", respond))
    wires.enter_context(replaced(library.AsyncHTTPTransport, "handle_async_request", respond_async))
    return wires


def heard(library: Any, answers: list[Answer]) -> list[tuple[int, list[bytes], str]]:
    """Status, pieces and error of each answer, read by a synchronous client."""
    told = []
    with library.Client() as client:
        for number, answer in enumerate(answers):
            pieces: list[bytes] = []
            error = ""
            with client.stream("POST", URL, json={"number": number}) as response:
                try:
                    for piece in response.iter_raw():
                        pieces.append(piece)
                        if len(pieces) == answer.read:
                            break
                except library.TransportError as raised:
                    error = repr(raised)
            told.append((response.status_code, pieces, error))
    return told


async def heard_async(library: Any, answers: list[Answer]) -> list[tuple[int, list[bytes], str]]:
    """The same by an asynchronous client."""
    told = []
    async with library.AsyncClient() as client:
        for number, answer in enumerate(answers):
            pieces: list[bytes] = []
            error = ""
            async with client.stream("POST", URL, json={"number": number}) as response:
                try:
                    async for piece in response.aiter_raw():
                        pieces.append(piece)
                        if len(pieces) == answer.read:
                            break
                except library.TransportError as raised:
                    error = repr(raised)
            told.append((response.status_code, pieces, error))
    return told


@pytest.mark.parametrize("library", LIBRARIES)
@given(answers=st.lists(ANSWER, min_size=1, max_size=3))
def test_a_replay_is_what_was_recorded(library: Any, answers: list[Answer]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "law.yaml")
        with network(library, answers), harness.cassette(path, record_mode="once"):
            live = heard(library, answers)
        with network(library, []), harness.cassette(path) as use:
            replayed = heard(library, answers)

    assert (replayed, use.all_played) == (live, True)


@pytest.mark.parametrize("library", LIBRARIES)
@given(answers=st.lists(ANSWER, min_size=1, max_size=3))
async def test_so_it_is_for_asynchronous_clients(library: Any, answers: list[Answer]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "law.yaml")
        with network(library, answers), harness.cassette(path, record_mode="once"):
            live = await heard_async(library, answers)
        with network(library, []), harness.cassette(path) as use:
            replayed = await heard_async(library, answers)

    assert (replayed, use.all_played) == (live, True)


@pytest.mark.parametrize("library", LIBRARIES)
async def test_a_call_that_was_cancelled_is_one_again(library: Any, tmp_path: Path) -> None:
    started = asyncio.Event()

    async def forever(self: Any, request: Any) -> Any:
        started.set()
        await asyncio.Event().wait()

    async def cancelled() -> bool:
        async with library.AsyncClient() as client:
            call = asyncio.create_task(client.post(URL, json={}))
            await (started.wait() if not started.is_set() else asyncio.sleep(0))
            call.cancel()
            [outcome] = await asyncio.gather(call, return_exceptions=True)
            return isinstance(outcome, asyncio.CancelledError)

    with (
        replaced(library.AsyncHTTPTransport, "handle_async_request", forever),
        harness.cassette(tmp_path / "x.yaml", record_mode="once"),
    ):
        live = await cancelled()
    with harness.cassette(tmp_path / "x.yaml") as use:
        replayed = await cancelled()

    assert (live, replayed, use.all_played) == (True, True, True)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_transport_inside_the_process_is_left_alone(library: Any, tmp_path: Path) -> None:
    transport = library.MockTransport(lambda _: library.Response(200, text="mine"))

    with harness.cassette(tmp_path / "x.yaml"), library.Client(transport=transport) as client:
        assert client.get(URL).text == "mine"


@pytest.mark.parametrize("recorder", LIBRARIES)
@pytest.mark.parametrize("player", LIBRARIES)
def test_either_library_plays_what_the_other_recorded(
    recorder: Any, player: Any, tmp_path: Path
) -> None:
    answers = [Answer(200, [b"data: 1\n\n", b"data: 2\n\n"], "ReadTimeout", None)]
    with network(recorder, answers), harness.cassette(tmp_path / "x.yaml", record_mode="once"):
        live = heard(recorder, answers)

    with harness.cassette(tmp_path / "x.yaml"):
        assert heard(player, answers) == live


def test_a_client_of_httpx_can_be_handed_a_transport(tmp_path: Path) -> None:
    inner = httpx.MockTransport(lambda _: httpx.Response(200, text="Hello"))
    with CassetteSession(tmp_path / "x.yaml", mode=RecordMode.ONCE) as session:
        live = httpx.Client(transport=HttpxCassetteTransport(session, inner)).get(URL)

    with CassetteSession(tmp_path / "x.yaml") as session:
        client = httpx.Client(transport=HttpxCassetteTransport(session))
        again = client.get(URL)
        with pytest.raises(ReplayMiss, match="an extra call"):
            client.get(URL)

    assert (live.text, again.text) == ("Hello", "Hello")


def test_a_transport_of_the_other_kind_can_not_send(tmp_path: Path) -> None:
    session = CassetteSession(tmp_path / "x.yaml", mode=RecordMode.ONCE)
    transport = HttpxCassetteTransport(session, httpx.AsyncHTTPTransport())

    with pytest.raises(UsageError, match="AsyncHTTPTransport can't send for a synchronous"):
        httpx.Client(transport=transport).get(URL)
