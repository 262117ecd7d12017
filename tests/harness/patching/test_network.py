"""What no cassette sees: refused while replaying, left alone otherwise."""

import asyncio
import json
import re
import socket
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import httpx2
import pytest
import websockets
from aiohttp import web

import harness
from harness.errors import ReplayMiss
from harness.formats import save
from harness.hosts import allowing
from harness.interactions import Cassette
from harness.patching._replacing import replaced
from tests.frameworks import FRAMEWORKS, needs_frameworks

ELSEWHERE, NAMED = "198.51.100.1", "203.0.113.7"  # Kept for documentation: nobody is there.


def by_socket(host: str) -> None:
    with socket.socket() as plain:
        plain.settimeout(0.01)
        plain.connect((host, 443))


def by_datagram(host: str) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as plain:
        plain.sendto(b"", (host, 8125))


def by_name(host: str) -> None:
    socket.gethostbyname(host)


def by_creating_a_connection(host: str) -> None:
    socket.create_connection((host, 443), timeout=0.01).close()


def by_streams_of_asyncio(host: str) -> None:
    async def ask() -> None:
        await asyncio.open_connection(host, 443)

    asyncio.run(ask())


def by_websockets(host: str) -> None:
    async def ask() -> None:
        async with websockets.connect(f"wss://{host}/v1/realtime", proxy=None):
            pass

    asyncio.run(ask())


def by_websockets_of_aiohttp(host: str) -> None:
    async def ask() -> None:
        async with aiohttp.ClientSession() as session, session.ws_connect(f"wss://{host}/v1"):
            pass

    asyncio.run(ask())


WAYS = [
    by_socket,
    by_datagram,
    by_name,
    by_creating_a_connection,
    by_streams_of_asyncio,
    by_websockets,
    by_websockets_of_aiohttp,
]


@pytest.mark.parametrize("ask", WAYS)
@pytest.mark.parametrize("host", [ELSEWHERE, "model.invalid"])
def test_while_replaying_no_other_machine_is_reached(
    ask: Callable[[str], None], host: str, tmp_path: Path
) -> None:
    with harness.cassette(tmp_path / "x.yaml") as use, pytest.raises(ReplayMiss, match=host) as got:
        ask(host)

    assert use.misses == [got.value]


def test_neither_is_it_in_mode_once_when_it_was_recorded(tmp_path: Path) -> None:
    save(tmp_path / "x.yaml", Cassette())

    with (
        harness.cassette(tmp_path / "x.yaml", record_mode="once"),
        pytest.raises(ReplayMiss, match=ELSEWHERE),
    ):
        by_socket(ELSEWHERE)


@needs_frameworks
@pytest.mark.parametrize("imported", ["before", "within"])
def test_neither_is_it_by_those_that_use_no_sockets_of_pythons(
    imported: str, tmp_path: Path
) -> None:
    program = Path(__file__).with_name("own_stacks.py")
    command = [FRAMEWORKS, program, imported, "model.invalid:443", "127.0.0.1:1"]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    outcomes = json.loads(done.stdout)
    assert len(outcomes) == 8
    for refused, local in outcomes.values():
        assert (refused.partition(":")[0], local) == (
            "a connection to model.invalid",
            "let through",
        )


def test_the_refusal_says_what_would_let_it_through(tmp_path: Path) -> None:
    with harness.cassette(tmp_path / "x.yaml"), pytest.raises(ReplayMiss) as refused:
        by_socket(ELSEWHERE)

    assert str(refused.value).splitlines() == [
        f"No recorded reply for a connection to {ELSEWHERE}:443.",
        f"  cassette: {tmp_path / 'x.yaml'}",
        "  cause:    it is made with what no cassette sees: WebSockets, gRPC, a socket of some "
        "other library",
        f'  fix:      ignore_hosts=["{ELSEWHERE}"] lets it through',
    ]


@pytest.mark.parametrize("options", [{"ignore_hosts": ELSEWHERE}, {"record_mode": "once"}])
def test_where_it_may_go_live_it_does(options: dict[str, Any], tmp_path: Path) -> None:
    reached: list[object] = []

    def connect(self: socket.socket, address: object) -> None:
        reached.append(address)

    with (
        replaced(socket.socket, "connect", connect),
        harness.cassette(tmp_path / "x.yaml", **options),
    ):
        by_socket(ELSEWHERE)

    assert reached == [(ELSEWHERE, 443)]


@pytest.mark.parametrize("host", [ELSEWHERE, "2001:db8::1"])
@pytest.mark.parametrize("ignored", ["{}", "{}:443"])
def test_an_address_is_ignored_with_its_port_and_without(
    host: str, ignored: str, tmp_path: Path
) -> None:
    reached: list[object] = []

    with (
        replaced(socket.socket, "connect", lambda _, address: reached.append(address)),
        harness.cassette(tmp_path / "x.yaml", ignore_hosts=[ignored.format(host)]),
    ):
        by_socket(host)

    assert reached == [(host, 443)]


def test_this_machine_is_always_reached(tmp_path: Path) -> None:
    with harness.cassette(tmp_path / "x.yaml"), socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()


def test_this_machine_is_reached_by_its_own_name(tmp_path: Path) -> None:
    with harness.cassette(tmp_path / "x.yaml"):
        assert socket.getaddrinfo(socket.gethostname(), 443)


def test_a_host_that_is_never_blocked_is_reached_by_name_and_by_address(tmp_path: Path) -> None:
    reached: list[object] = []

    with (
        replaced(socket.socket, "connect", lambda _, address: reached.append(address)),
        replaced(socket, "getaddrinfo", lambda *_: [(2, 1, 6, "", (NAMED, 443))]),
        allowing([re.compile(r"model\..*")]),
        harness.cassette(tmp_path / "x.yaml") as use,
    ):
        by_creating_a_connection("model.invalid")

    assert (reached, use.misses) == ([(NAMED, 443)], [])


@asynccontextmanager
async def talking() -> AsyncIterator[str]:
    """A server that says hello over WebSockets, at this address."""

    async def greet(request: web.Request) -> web.WebSocketResponse:
        talk = web.WebSocketResponse()
        await talk.prepare(request)
        await talk.send_str("hello")
        return talk

    app = web.Application()
    app.add_routes([web.get("/", greet)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield site.name
    finally:
        await runner.cleanup()


async def greeted_by_aiohttp(url: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as talk:
        return (await talk.receive_str()).encode()


async def greeted_by_httpx(url: str) -> bytes:
    headers = {"connection": "upgrade", "upgrade": "websocket"}
    headers |= {"sec-websocket-version": "13", "sec-websocket-key": "aGVsbG8gaGVsbG8gaGVsbA=="}
    async with (
        httpx2.AsyncClient() as client,
        client.stream("GET", url, headers=headers) as response,
    ):
        frame: bytes = await response.extensions["network_stream"].read(7, timeout=5)
        return frame[2:]


@pytest.mark.parametrize("greeted", [greeted_by_aiohttp, greeted_by_httpx])
async def test_a_websocket_is_left_alone_while_recording(
    greeted: Callable[[str], Awaitable[bytes]], tmp_path: Path
) -> None:
    async with talking() as url:
        with harness.cassette(tmp_path / "x.yaml", record_mode="once"):
            heard = await greeted(url)

    assert (heard, (tmp_path / "x.yaml").exists()) == (b"hello", False)


def test_outside_any_block_sockets_are_as_they_were(tmp_path: Path) -> None:
    before = dict(vars(socket.socket)), dict(vars(socket))
    with harness.cassette(tmp_path / "x.yaml"):
        inside = dict(vars(socket.socket)), dict(vars(socket))

    assert (dict(vars(socket.socket)), dict(vars(socket))) == before
    assert inside != before
