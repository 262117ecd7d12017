"""What no cassette sees: refused while replaying, left alone otherwise."""

import asyncio
import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import websockets
from aiohttp import web

import harness
from harness.errors import ReplayMiss
from harness.hosts import allowing
from harness.patching._replacing import replaced

ELSEWHERE = "198.51.100.1"  # Kept for documentation: nobody is there.


def by_socket(host: str) -> None:
    with socket.socket() as plain:
        plain.settimeout(0.01)
        plain.connect((host, 443))


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


def test_the_refusal_says_what_would_let_it_through(tmp_path: Path) -> None:
    with harness.cassette(tmp_path / "x.yaml"), pytest.raises(ReplayMiss) as refused:
        by_socket(ELSEWHERE)

    assert str(refused.value).splitlines() == [
        f"No recorded reply for a connection to {ELSEWHERE}:443.",
        f"  cassette: {tmp_path / 'x.yaml'}",
        "  cause:    it is made with what no cassette sees: WebSockets, or a socket of some other "
        "library",
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
        replaced(socket, "getaddrinfo", lambda *_: [(2, 1, 6, "", (ELSEWHERE, 443))]),
        allowing([re.compile(r"model\..*")]),
        harness.cassette(tmp_path / "x.yaml") as use,
    ):
        by_creating_a_connection("model.invalid")

    assert (reached, use.misses) == ([(ELSEWHERE, 443)], [])


async def test_a_websocket_is_left_alone_while_recording(tmp_path: Path) -> None:
    async def echo(request: web.Request) -> web.WebSocketResponse:
        answer = web.WebSocketResponse()
        await answer.prepare(request)
        async for message in answer:
            await answer.send_str(f"you said {message.data}")
        return answer

    app = web.Application()
    app.add_routes([web.get("/", echo)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    with harness.cassette(tmp_path / "x.yaml", record_mode="once"):
        async with aiohttp.ClientSession() as session, session.ws_connect(site.name) as talk:
            await talk.send_str("hello")
            heard = await talk.receive_str()
    await runner.cleanup()

    assert (heard, (tmp_path / "x.yaml").exists()) == ("you said hello", False)


def test_outside_any_block_sockets_are_as_they_were(tmp_path: Path) -> None:
    before = dict(vars(socket.socket)), dict(vars(socket))
    with harness.cassette(tmp_path / "x.yaml"):
        inside = dict(vars(socket.socket)), dict(vars(socket))

    assert (dict(vars(socket.socket)), dict(vars(socket))) == before
    assert inside != before
