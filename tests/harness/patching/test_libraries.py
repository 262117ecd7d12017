"""Every other library that is patched, against a server that is there, and then is not."""

import asyncio
import http.client
import json
import urllib.request
from collections.abc import Callable
from contextlib import closing
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import httplib2
import pytest
import requests
import tornado.httpclient
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

import harness
from harness.errors import ReplayMiss
from harness.formats import save
from harness.interactions import Cassette, Interaction, Request, Response
from tests.loopback import answering

Ask = Callable[[str, bytes], tuple[int, bytes]]


class Handler(BaseHTTPRequestHandler):
    """Answers with what it was asked; `/moved` leads to another place, `/hangup` to none."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", 0))
        body = self.rfile.read(length)
        if self.path == "/hangup":
            self.close_connection = True
            return
        self.send_response(307 if self.path == "/moved" else 200)
        if self.path == "/moved":
            self.send_header("Location", "/here")
        self.send_header("Content-Type", "application/json")
        answer = json.dumps({"asked": body.decode(), "type": self.headers.get("content-type")})
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_: Any) -> None:
        pass


JSON = {"Content-Type": "application/json"}


def by_requests(url: str, body: bytes) -> tuple[int, bytes]:
    response = requests.post(url, data=body, headers=JSON)
    return response.status_code, response.content


def by_urllib3(url: str, body: bytes) -> tuple[int, bytes]:
    response = urllib3.PoolManager().request("POST", url, body=body, headers=JSON)
    return response.status, response.data


def by_urllib(url: str, body: bytes) -> tuple[int, bytes]:
    with urllib.request.urlopen(urllib.request.Request(url, body, JSON)) as response:
        return response.status, response.read()


def by_http_client(url: str, body: bytes) -> tuple[int, bytes]:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if url.startswith("https") else http.client.HTTPConnection
    with closing(kind(parts.netloc)) as connection:
        connection.request("POST", parts.path, body, JSON)
        response = connection.getresponse()
        return response.status, response.read()


def by_httplib2(url: str, body: bytes) -> tuple[int, bytes]:
    with closing(httplib2.Http()) as client:
        response, content = client.request(url, "POST", body=body, headers=JSON)
        return response.status, content


def by_aiohttp(url: str, body: bytes) -> tuple[int, bytes]:
    async def ask() -> tuple[int, bytes]:
        asked = json.loads(body)
        async with aiohttp.ClientSession() as session, session.post(url, json=asked) as response:
            return response.status, await response.read()

    return asyncio.run(ask())


def by_tornado(url: str, body: bytes) -> tuple[int, bytes]:
    async def ask() -> tuple[int, bytes]:
        client = tornado.httpclient.AsyncHTTPClient(force_instance=True)
        response = await client.fetch(url, method="POST", body=body, headers=JSON)
        return response.code, response.body

    return asyncio.run(ask())


LIBRARIES = [
    by_requests,
    by_urllib3,
    by_urllib,
    by_http_client,
    by_httplib2,
    by_aiohttp,
    by_tornado,
]


@pytest.mark.parametrize("ask", LIBRARIES)
def test_a_library_is_recorded_and_replayed_offline(ask: Ask, tmp_path: Path) -> None:
    with answering(Handler) as url, harness.cassette(tmp_path / "x.yaml", record_mode="once"):
        live = [ask(f"{url}/a", b'{"n": 1}'), ask(f"{url}/a", b'{"n": 2}')]

    with harness.cassette(tmp_path / "x.yaml") as use:
        second, first = ask(f"{url}/a", b'{"n": 2}'), ask(f"{url}/a", b'{"n": 1}')

    assert [first, second] == live
    assert json.loads(first[1]) == {"asked": '{"n": 1}', "type": "application/json"}
    assert (use.play_count, use.all_played) == (2, True)


@pytest.mark.parametrize("player", LIBRARIES)
def test_a_library_plays_what_another_one_recorded(player: Ask, tmp_path: Path) -> None:
    with answering(Handler) as url, harness.cassette(tmp_path / "x.yaml", record_mode="once"):
        live = by_requests(f"{url}/a", b'{"n": 1}')

    with harness.cassette(tmp_path / "x.yaml"):
        assert player(f"{url}/a", b'{"n":1}') == live


@pytest.mark.parametrize("ask", LIBRARIES)
def test_a_miss_comes_through_every_library(ask: Ask, tmp_path: Path) -> None:
    with answering(Handler) as url, harness.cassette(tmp_path / "x.yaml", record_mode="once"):
        ask(f"{url}/a", b'{"n": 1}')

    with (
        harness.cassette(tmp_path / "x.yaml") as use,
        pytest.raises(ReplayMiss, match="n: 1 became 2") as raised,
    ):
        ask(f"{url}/a", b'{"n": 2}')

    assert use.misses == [raised.value]


@pytest.mark.parametrize("ask", LIBRARIES)
def test_an_encrypted_connection_needs_no_server_either(ask: Ask, tmp_path: Path) -> None:
    url = "https://model.invalid/a"
    recorded = Interaction(Request("POST", url, (), b'{"n":1}'), Response(200, (), b"one", 1))
    save(tmp_path / "x.yaml", Cassette(interactions=(recorded,)))

    with harness.cassette(tmp_path / "x.yaml"):
        assert ask(url, b'{"n": 1}') == (200, b"one")


@pytest.mark.parametrize("ask", LIBRARIES)
def test_without_a_cassette_nothing_is_in_the_way(ask: Ask, tmp_path: Path) -> None:
    with harness.cassette(tmp_path / "x.yaml"):
        pass

    with answering(Handler) as url:
        assert ask(f"{url}/a", b'{"n": 1}')[0] == 200


@pytest.mark.parametrize("ask", LIBRARIES)
def test_an_ignored_host_is_asked_live(ask: Ask, tmp_path: Path) -> None:
    with answering(Handler) as url, harness.cassette(tmp_path / "x.yaml", ignore_localhost=True):
        assert ask(f"{url}/a", b'{"n": 1}')[0] == 200


def test_retries_do_not_swallow_a_miss(tmp_path: Path) -> None:
    session = requests.Session()
    session.mount("http://", HTTPAdapter(max_retries=Retry(5, backoff_factor=0)))

    with harness.cassette(tmp_path / "x.yaml") as use, pytest.raises(ReplayMiss, match="missing"):
        session.get("http://model.invalid/a")

    assert len(use.misses) == 1


@pytest.mark.parametrize(
    ("ask", "error"),
    [(by_requests, requests.ConnectionError), (by_aiohttp, aiohttp.ClientConnectionError)],
)
@pytest.mark.parametrize("place", ["/hangup", None])
def test_a_failed_connection_fails_again(
    ask: Ask, error: type[Exception], place: str | None, tmp_path: Path
) -> None:
    with answering(Handler) as url, harness.cassette(tmp_path / "x.yaml", record_mode="once"):
        asked = f"{url}{place}" if place else "http://127.0.0.1:1/a"
        with pytest.raises(error) as live:
            ask(asked, b"{}")

    with harness.cassette(tmp_path / "x.yaml") as use, pytest.raises(error) as again:
        ask(asked, b"{}")

    assert issubclass(type(live.value), error)
    assert issubclass(type(again.value), error)
    assert use.all_played


def test_a_connection_is_kept_from_block_to_block(tmp_path: Path) -> None:
    session = requests.Session()
    with answering(Handler) as url:
        session.post(f"{url}/a", data=b"live")
        with harness.cassette(tmp_path / "x.yaml", record_mode="once"):
            recorded = session.post(f"{url}/a", data=b"recorded").text
        after = session.post(f"{url}/a", data=b"after").json()["asked"]

    with harness.cassette(tmp_path / "x.yaml"):
        replayed = session.post(f"{url}/a", data=b"recorded").text

    assert (after, replayed) == ("after", recorded)
    session.close()


async def test_a_redirect_of_aiohttp_is_followed_again(tmp_path: Path) -> None:
    async def follow(url: str) -> tuple[list[int], str, str]:
        asked = {"n": 1}
        async with (
            aiohttp.ClientSession(url) as session,
            session.post("/moved", json=asked) as response,
        ):
            history = [each.status for each in response.history]
            return history, response.url.path, await response.text()

    with answering(Handler) as url:
        async with harness.cassette(tmp_path / "x.yaml", record_mode="once"):
            live = await follow(url)
    async with harness.cassette(tmp_path / "x.yaml") as use:
        replayed = await follow(url)

    assert (live[:2], replayed, use.all_played) == (([307], "/here"), live, True)


@pytest.mark.parametrize("parts", [False, True])
async def test_a_form_of_aiohttp_is_recorded_as_it_is_sent(parts: bool, tmp_path: Path) -> None:
    async def send(url: str) -> str:
        form = aiohttp.FormData({"name": "value"})
        if parts:
            form.add_field("file", b"content", filename="a.txt")
        async with aiohttp.ClientSession() as session, session.post(url, data=form) as response:
            return str((await response.json())["asked"])

    with answering(Handler) as url:
        async with harness.cassette(tmp_path / "x.yaml", record_mode="once"):
            live = await send(f"{url}/a")
    async with harness.cassette(tmp_path / "x.yaml"):
        replayed = await send(f"{url}/a")

    assert "value" in live
    assert ("content" in live) is parts
    assert replayed == live
