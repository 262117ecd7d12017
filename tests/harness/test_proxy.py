"""The recording proxy between real clients and real servers on this machine."""

import asyncio
import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

from harness.errors import UsageError
from harness.formats import load
from harness.proxy import Upstream, Upstreams, proxy_of
from harness.script import Reply, Script
from harness.server import listening, serving
from harness.session import CassetteSession, RecordMode

KEY = "sk-proj-" + "a1B2c3D4" * 8
NOWHERE = "http://127.0.0.1:9"
SECONDS = 30
"""Who waits longer has hung."""

START = {"type": "http.response.start", "status": 200, "headers": []}


class Server:
    """Answers with the given pieces and headers, and keeps what it was sent."""

    def __init__(self, *pieces: bytes, headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
        self.pieces, self.headers = pieces, headers
        self.paths: list[bytes] = []
        self.received: list[dict[bytes, bytes]] = []
        self.go_on = threading.Event()
        self.go_on.set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise RuntimeError("not told of beginnings and ends")
        self.paths.append(scope["raw_path"] + b"?" + scope["query_string"])
        self.received.append(dict(scope["headers"]))
        await receive()
        await send({**START, "headers": self.headers})
        for piece in self.pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            await asyncio.to_thread(self.go_on.wait)
        await send({"type": "http.response.body", "body": b""})


@contextmanager
def proxying(
    cassette: Path, *upstreams: str, mode: RecordMode = RecordMode.NEW_EPISODES
) -> Iterator[str]:
    routes = Upstreams([Upstream.parse(each) for each in upstreams])
    with (
        CassetteSession(cassette, mode=mode) as session,
        listening(proxy_of(routes, session)) as address,
    ):
        yield address


def talk(url: str) -> list[Any]:
    with openai.OpenAI(base_url=url, api_key=KEY, max_retries=0) as sdk:
        messages: Any = [{"role": "user", "content": "Hi"}]
        whole = sdk.chat.completions.create(model="m", messages=messages)
        chunks = sdk.chat.completions.create(model="m", messages=messages, stream=True)
        return [whole.to_dict(), *(chunk.to_dict() for chunk in chunks)]


def test_what_passes_is_recorded_and_played_without_the_server(tmp_path: Path) -> None:
    path = tmp_path / "talk.yaml"
    with (
        serving(Script(replies=(Reply(say="Hello"),) * 2)) as upstream,
        proxying(path, upstream) as address,
    ):
        live = talk(address)

    with proxying(path, upstream, mode=RecordMode.NONE) as address:
        replayed = talk(address)

    urls = [each.request.url for each in load(path).interactions]
    assert replayed == live
    assert urls == [f"{upstream}/chat/completions"] * 2
    assert KEY not in path.read_text(encoding="utf-8")


def test_a_miss_is_told_to_who_asks(tmp_path: Path) -> None:
    with (
        proxying(tmp_path / "talk.yaml", NOWHERE, mode=RecordMode.NONE) as address,
        pytest.raises(openai.NotFoundError, match="the cassette is missing"),
    ):
        talk(address)


def test_pieces_pass_as_they_come(tmp_path: Path) -> None:
    server = Server(b"one", b"two", headers=((b"content-type", b"text/event-stream"),))
    server.go_on.clear()

    with (
        listening(server) as upstream,
        proxying(tmp_path / "talk.yaml", upstream) as address,
        httpx2.stream("GET", address) as answer,
    ):
        pieces = answer.iter_raw()
        first = next(pieces)
        server.go_on.set()
        rest = b"".join(pieces)

    [recorded] = load(tmp_path / "talk.yaml").interactions
    assert (first, rest) == (b"one", b"two")
    assert [chunk.data for chunk in recorded.response.body] == [b"one", b"two"]


async def test_as_many_pass_at_once_as_want_to(tmp_path: Path) -> None:
    several, waiting = 110, []
    all_are_here = asyncio.Event()

    async def server(scope: Any, receive: Any, send: Any) -> None:
        waiting.append(scope["path"])
        if len(waiting) == several:
            all_are_here.set()
        await all_are_here.wait()
        await send(START)
        await send({"type": "http.response.body", "body": b""})

    unlimited = httpx2.Limits(max_connections=None)
    with (
        listening(server) as upstream,
        proxying(tmp_path / "talk.yaml", upstream) as address,
    ):
        async with httpx2.AsyncClient(limits=unlimited, timeout=SECONDS) as client:
            asked = (client.get(f"{address}/{number}") for number in range(several))
            answers = await asyncio.gather(*asked)

    assert {answer.status_code for answer in answers} == {200}


def test_several_upstreams_have_a_prefix_each(tmp_path: Path) -> None:
    one, other, rest = Server(), Server(), Server()
    path = tmp_path / "talk.yaml"

    with (
        listening(one) as first,
        listening(other) as second,
        listening(rest) as third,
        proxying(path, f"one={first}/v1", f"two={second}/", third) as address,
    ):
        for asked in ("/one/a%2Fb?c=d%20e", "/two", "/three/x"):
            assert httpx2.get(address + asked).status_code == 200

    assert [one.paths, other.paths, rest.paths] == [[b"/v1/a%2Fb?c=d%20e"], [b"/?"], [b"/three/x?"]]
    urls = [each.request.url for each in load(path).interactions]
    assert urls == [f"{first}/v1/a%2Fb?c=d%20e", second, f"{third}/three/x"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("{upstream}/v1/b?c=d", "/one/b?c=d"),
        ("/v1", "/one"),
        ("b", "/one/b"),
        ("/v10", "{upstream}/v10"),
        ("https://files.example.com/b", "https://files.example.com/b"),
        ("http://[b", "http://[b"),
    ],
)
def test_a_redirect_leads_through_the_proxy(tmp_path: Path, said: str, told: str) -> None:
    server = Server()
    path = tmp_path / "talk.yaml"

    with listening(server) as upstream, proxying(path, f"one={upstream}/v1") as address:
        server.headers = ((b"location", said.format(upstream=upstream).encode()),)
        answer = httpx2.get(f"{address}/one/a")

    [recorded] = load(path).interactions
    assert answer.headers["location"] == told.format(upstream=upstream)
    assert ("location", said.format(upstream=upstream)) in recorded.response.headers


def test_a_path_that_leads_nowhere_names_those_that_do_not(tmp_path: Path) -> None:
    with proxying(tmp_path / "talk.yaml", f"one={NOWHERE}", f"two={NOWHERE}") as address:
        answer = httpx2.get(f"{address}/three/x")

    message = "/three/x leads to no upstream; paths here begin with /one, /two."
    assert (answer.status_code, answer.json()["error"]["message"]) == (404, message)


def test_headers_of_one_connection_do_not_go_further(tmp_path: Path) -> None:
    back = ((b"set-cookie", b"a=1"), (b"set-cookie", b"b=2"), (b"keep-alive", b"timeout=5"))
    server = Server(headers=(*back, (b"x-answer", b"yes")))
    sent = {"connection": "keep-alive, x-private", "x-private": "no", "te": "trailers", "x-a": "b"}

    with (
        listening(server) as upstream,
        proxying(tmp_path / "talk.yaml", upstream) as address,
    ):
        answer = httpx2.post(address, headers=sent, content=b"{}")

    [received] = server.received
    assert received[b"host"] == upstream.removeprefix("http://").encode()
    assert (received[b"x-a"], received[b"content-length"]) == (b"b", b"2")
    assert not {b"x-private", b"te", b"transfer-encoding"} & set(received)
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert ("keep-alive" in answer.headers, answer.headers["x-answer"]) == (False, "yes")


def test_what_is_compressed_stays_so_on_its_way(tmp_path: Path) -> None:
    content = json.dumps({"say": "Hello"}).encode()
    headers = ((b"content-type", b"application/json"), (b"content-encoding", b"gzip"))
    path = tmp_path / "talk.yaml"

    with (
        listening(Server(gzip.compress(content), headers=headers)) as upstream,
        proxying(path, upstream) as address,
    ):
        live = httpx2.get(address)
    with proxying(path, upstream, mode=RecordMode.NONE) as address:
        replayed = httpx2.get(address)

    assert (live.headers["content-encoding"], live.content) == ("gzip", content)
    assert replayed.content == content


def test_a_client_that_goes_away_is_recorded_as_one_that_stopped(tmp_path: Path) -> None:
    server = Server(b"data: 1\n\n", b"never", headers=((b"content-type", b"text/event-stream"),))
    server.go_on.clear()
    path = tmp_path / "talk.yaml"

    with listening(server) as upstream:
        with proxying(path, upstream) as address, httpx2.stream("GET", address) as answer:
            next(answer.iter_raw())
        server.go_on.set()

    [recorded] = load(path).interactions
    assert recorded.response.ending == "stopped"
    assert [chunk.data for chunk in recorded.response.body] == [b"data: 1\n\n"]


def test_a_server_that_is_not_there_is_recorded_as_such(tmp_path: Path) -> None:
    path = tmp_path / "talk.yaml"

    with proxying(path, NOWHERE) as address:
        live = httpx2.get(address)
    with proxying(path, NOWHERE, mode=RecordMode.NONE) as address:
        replayed = httpx2.get(address)

    assert live.status_code == replayed.status_code == 502
    assert live.json()["error"]["code"] == "no_answer"
    assert replayed.json() == live.json()


def test_what_was_recorded_outlives_a_server_that_is_still_answering(tmp_path: Path) -> None:
    path = tmp_path / "talk.yaml"
    server = Server(b"data: 1\n\n", headers=((b"content-type", b"text/event-stream"),))
    server.go_on.clear()

    with listening(server) as upstream, httpx2.Client() as client:
        with proxying(path, upstream) as address:
            answer = client.send(client.build_request("GET", address), stream=True)
            pieces = answer.iter_raw()
            next(pieces)
        server.go_on.set()
        answer.close()

    [recorded] = load(path).interactions
    assert recorded.response.ending == "stopped"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (["api.openai.com"], "'api.openai.com' is no upstream"),
        (["a b=https://api.openai.com"], "is no upstream"),
        (["https://me:secret@example.com"], "it has a host and a path, and nothing else"),
        (["https:///v1"], "is no upstream"),
        (["https://one", "https://two"], "More than one upstream has no name"),
        (["a=https://one", "a=https://two"], "More than one upstream is named 'a'"),
        ([], "There is no upstream"),
    ],
)
def test_upstreams_that_make_no_sense_are_refused(given: list[str], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        Upstreams([Upstream.parse(text) for text in given])
