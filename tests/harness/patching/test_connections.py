"""Bodies sent, answers without one, and connections that fail, through every patched library."""

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import httpx2
import pytest
import requests
import urllib3

import harness
from harness.formats import load, save
from harness.interactions import (
    Cassette,
    Failure,
    Interaction,
    Request,
    Response,
    Unanswered,
)
from tests.harness.patching.streaming import PIECES, streaming

URL = "http://model.invalid/"


def saved(path: Path, response: Response | Unanswered) -> None:
    """A cassette with one answer."""
    save(path, Cassette(interactions=(Interaction(Request("POST", URL, (), b""), response),)))


def by_requests(url: str = URL, **options: Any) -> None:
    requests.post(url, **{"timeout": 5, **options})


def by_urllib3(url: str = URL) -> None:
    with urllib3.PoolManager() as pool:
        pool.request("POST", url, retries=False, timeout=5)


def by_aiohttp(url: str = URL, **options: Any) -> None:
    async def ask() -> None:
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, timeout=aiohttp.ClientTimeout(**{"total": 5, **options})) as response,
        ):
            await response.read()

    asyncio.run(ask())


REFUSED = Failure("ConnectError", "[Errno 111] Connection refused")
UNKNOWN = Failure("ConnectError", "[Errno -2] Name or service not known")
UNTRUSTED = Failure("ConnectError", "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")
LATE = Failure("ConnectTimeout", "timed out")
SILENT = Failure("ReadTimeout", "timed out")
HUNG_UP = Failure("RemoteProtocolError", "Server disconnected without sending a response.")
RESET = Failure("ReadError", "[Errno 104] Connection reset by peer")

ERRORS: list[tuple[Callable[[], None], Failure, type[Exception]]] = [
    (by_requests, REFUSED, requests.ConnectionError),
    (by_requests, UNTRUSTED, requests.exceptions.SSLError),
    (by_requests, LATE, requests.ConnectTimeout),
    (by_requests, SILENT, requests.ReadTimeout),
    (by_requests, HUNG_UP, requests.ConnectionError),
    (by_urllib3, REFUSED, urllib3.exceptions.NewConnectionError),
    (by_urllib3, UNKNOWN, urllib3.exceptions.NameResolutionError),
    (by_urllib3, UNTRUSTED, urllib3.exceptions.SSLError),
    (by_urllib3, LATE, urllib3.exceptions.ConnectTimeoutError),
    (by_urllib3, SILENT, urllib3.exceptions.ReadTimeoutError),
    (by_urllib3, RESET, urllib3.exceptions.ProtocolError),
    (by_aiohttp, REFUSED, aiohttp.ClientConnectorError),
    (by_aiohttp, UNKNOWN, aiohttp.ClientConnectorDNSError),
    (by_aiohttp, UNTRUSTED, aiohttp.ClientConnectorCertificateError),
    (by_aiohttp, LATE, aiohttp.ConnectionTimeoutError),
    (by_aiohttp, SILENT, aiohttp.SocketTimeoutError),
    (by_aiohttp, HUNG_UP, aiohttp.ServerDisconnectedError),
    (by_aiohttp, RESET, aiohttp.ClientOSError),
]


@pytest.mark.parametrize(("ask", "failure", "error"), ERRORS)
def test_a_failure_is_raised_as_what_the_library_calls_it(
    ask: Callable[[], None], failure: Failure, error: type[Exception], tmp_path: Path
) -> None:
    saved(tmp_path / "x.yaml", Unanswered(failure, 1))

    with harness.cassette(tmp_path / "x.yaml") as use, pytest.raises(error) as raised:
        ask()

    assert (raised.type, use.all_played) == (error, True)


NOBODY = "http://127.0.0.1:1/"
LIVE: list[tuple[Callable[..., None], str, dict[str, Any], str]] = [
    (by_requests, "", {}, "ConnectError"),
    (by_urllib3, "", {}, "ConnectError"),
    (by_aiohttp, "", {}, "ConnectError"),
    (by_requests, "/hangup", {}, "RemoteProtocolError"),
    (by_aiohttp, "/hangup", {}, "RemoteProtocolError"),
    (by_requests, "/silent", {"timeout": 0.1}, "ReadTimeout"),
    (by_aiohttp, "/silent", {"sock_read": 0.1}, "ReadTimeout"),
    (by_aiohttp, "/silent", {"total": 0.1}, "ReadTimeout"),
]


@pytest.mark.parametrize(("ask", "place", "options", "kind"), LIVE)
def test_what_failed_live_fails_in_the_same_way(
    ask: Callable[..., None], place: str, options: dict[str, Any], kind: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.yaml"

    def failed(url: str) -> tuple[type, str]:
        try:
            ask(url, **options)
        except Exception as error:
            return type(error), str(error).partition(" object at ")[0]
        return type(None), ""

    with streaming() as server, harness.cassette(path, record_mode="once"):
        url = f"{server.url}{place}" if place else NOBODY
        live = failed(url)
    with harness.cassette(path):
        replayed = failed(url)

    ending = load(path).interactions[0].response.ending
    assert isinstance(ending, Failure)
    assert (replayed, ending.error) == (live, kind)


async def test_a_call_of_aiohttp_that_was_cancelled_is_one_again(tmp_path: Path) -> None:
    async def cancelled(url: str, is_asked: asyncio.Event) -> bool:
        async with aiohttp.ClientSession() as session:
            call = asyncio.create_task(session.get(url))
            await is_asked.wait()
            call.cancel()
            [outcome] = await asyncio.gather(call, return_exceptions=True)
            return isinstance(outcome, asyncio.CancelledError)

    is_asked, now = asyncio.Event(), asyncio.Event()
    now.set()
    loop = asyncio.get_running_loop()
    with streaming() as server, harness.cassette(tmp_path / "x.yaml", record_mode="once"):
        server.told = lambda: loop.call_soon_threadsafe(is_asked.set)
        live = await cancelled(f"{server.url}/silent", is_asked)
    with harness.cassette(tmp_path / "x.yaml") as use:
        loop.call_later(0.01, now.set)
        replayed = await cancelled(f"{server.url}/silent", is_asked)

    assert (live, replayed) == (True, True)
    [recorded] = load(use.path).interactions
    assert recorded.response.ending == "stopped"


def told(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    async def all_of_them() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    return all_of_them()


def post_by_requests(url: str, body: Any) -> int:
    return requests.post(url, data=body, timeout=5).status_code


def post_by_urllib3(url: str, body: Any) -> int:
    with urllib3.PoolManager() as pool:
        return pool.request("POST", url, body=body, timeout=5).status


def post_by_aiohttp(url: str, body: Any) -> int:
    async def ask() -> int:
        sent = told(body) if isinstance(body, Iterator) and not hasattr(body, "read") else body
        async with aiohttp.ClientSession() as session, session.post(url, data=sent) as response:
            return response.status

    return asyncio.run(ask())


BODIES: list[Callable[[], Any]] = [
    lambda: (piece for piece in (b"one ", b"two")),
    lambda: BytesIO(b"one two"),
    lambda: b"one two",
]


@pytest.mark.parametrize("post", [post_by_requests, post_by_urllib3, post_by_aiohttp])
@pytest.mark.parametrize("body", BODIES)
def test_what_is_sent_piece_by_piece_arrives_and_is_recorded_whole(
    post: Callable[[str, Any], int], body: Callable[[], Any], tmp_path: Path
) -> None:
    with streaming() as server, harness.cassette(tmp_path / "x.yaml", record_mode="once"):
        url = f"{server.url}/nothing"
        live = post(url, body())
        sent = [content for _, content in server.asked]
    with harness.cassette(tmp_path / "x.yaml") as use:
        replayed = post(url, body())

    assert (live, replayed, sent) == (204, 204, [b"one two"])
    assert use.played[0].request.body == b"one two"


def head_by_requests(url: str, method: str) -> tuple[int, bytes]:
    response = requests.request(method, url, timeout=5)
    return response.status_code, response.content


def head_by_aiohttp(url: str, method: str) -> tuple[int, bytes]:
    async def ask() -> tuple[int, bytes]:
        async with aiohttp.ClientSession() as session, session.request(method, url) as response:
            return response.status, await response.read()

    return asyncio.run(ask())


@pytest.mark.parametrize("ask", [head_by_requests, head_by_aiohttp])
@pytest.mark.parametrize(("method", "place"), [("HEAD", "counted"), ("GET", "nothing")])
def test_an_answer_without_a_body_has_none_when_it_is_played(
    ask: Callable[[str, str], tuple[int, bytes]], method: str, place: str, tmp_path: Path
) -> None:
    with streaming() as server, harness.cassette(tmp_path / "x.yaml", record_mode="once"):
        live = ask(f"{server.url}/{place}", method)
    with harness.cassette(tmp_path / "x.yaml"):
        replayed = ask(f"{server.url}/{place}", method)

    assert live == replayed == (200 if method == "HEAD" else 204, b"")


def test_what_requests_streamed_is_played_in_its_pieces_to_httpx(tmp_path: Path) -> None:
    with (
        streaming() as server,
        harness.cassette(tmp_path / "x.yaml", record_mode="once"),
        requests.get(f"{server.url}/chunks", stream=True, timeout=5) as response,
    ):
        for _ in response.iter_content(None):
            server.read()

    with (
        harness.cassette(tmp_path / "x.yaml"),
        httpx2.stream("GET", f"{server.url}/chunks") as again,
    ):
        assert list(again.iter_raw()) == PIECES


async def test_streams_side_by_side_in_one_session_do_not_mix(tmp_path: Path) -> None:
    async def ask(session: aiohttp.ClientSession, url: str, name: str) -> str:
        async with session.post(url, data=name) as response:
            return f"{name}: {response.status}: {(await response.read()).decode()}"

    async def ask_all(url: str) -> list[str]:
        async with aiohttp.ClientSession() as session:
            return await asyncio.gather(*(ask(session, url, name) for name in "abcd"))

    with streaming() as server, harness.cassette(tmp_path / "x.yaml", record_mode="once"):
        for _ in range(4 * len(PIECES)):
            server.read()
        live = await ask_all(f"{server.url}/chunks")
    with harness.cassette(tmp_path / "x.yaml") as use:
        replayed = await ask_all(f"{server.url}/chunks")

    assert (live, use.all_played) == (replayed, True)


def test_nothing_is_left_open(tmp_path: Path) -> None:
    def ask(url: str) -> None:
        session = requests.Session()
        with closing(session):
            for _ in range(2):
                session.get(f"{url}/nothing", timeout=5)
        by_aiohttp(f"{url}/nothing")

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with streaming() as server:
            with harness.cassette(tmp_path / "x.yaml", record_mode="once"):
                ask(server.url)
            ask(server.url)
        with harness.cassette(tmp_path / "x.yaml"):
            ask(server.url)
        gc.collect()
