"""A cassette behind the endpoint, asked by real clients over a real socket."""

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai
import pytest

from agentchat.core._world import SystemWorld, entered
from harness.errors import UnreadableCassette
from harness.formats import save
from harness.interactions import (
    Cassette,
    Chunk,
    Failure,
    Interaction,
    Request,
    Response,
    Unanswered,
)
from harness.matching import parse_key_part
from harness.server import Endpoint, Sessions, app_of, recorded, serving_sessions

JSON = (("content-type", "application/json"),)
EVENTS = (("content-type", "text/event-stream"),)
CHAT = "https://api.openai.com/v1/chat/completions"


def exchange(
    body: Any, response: Response | Unanswered, url: str = CHAT, method: str = "POST"
) -> Interaction:
    sent = b"" if body is None else json.dumps(body).encode()
    return Interaction(Request(method, url, JSON, sent), response)


def says(text: str) -> Response:
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": text},
        "finish_reason": "stop",
    }
    body = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    return Response(200, JSON, json.dumps(body).encode(), 0)


def streams(*pieces: bytes, ending: Any = "complete") -> Response:
    chunks = tuple(Chunk(number * 10**9, piece) for number, piece in enumerate(pieces, start=1))
    return Response(200, EVENTS, chunks, len(pieces) * 10**9, ending)


def question(text: str, **settings: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}], "model": "gpt-4o", **settings}


@contextmanager
def playing(folder: Path, *interactions: Interaction) -> Iterator[Endpoint]:
    path = folder / "talk.yaml"
    save(path, Cassette(interactions=interactions))
    with serving_sessions(recorded(path)) as endpoint:
        yield endpoint


def ask(endpoint: Endpoint, text: str, key: str = "test", **headers: str) -> str | None:
    with openai.OpenAI(base_url=endpoint.url, api_key=key, default_headers=headers) as sdk:
        answer = sdk.chat.completions.create(**question(text))
    return answer.choices[0].message.content


def chunks_of(address: str, body: bytes) -> list[bytes]:
    """The answer's pieces, as they are framed on the wire."""
    parts = urlsplit(address)
    assert parts.hostname
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\n"
        f"host: x\r\nconnection: close\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((parts.hostname, parts.port or 0)) as connection:
        connection.sendall(head.encode() + body)
        _, _, framed = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")
    pieces = []
    while framed:
        size, _, framed = framed.partition(b"\r\n")
        pieces.append(framed[: int(size, 16)])
        framed = framed[int(size, 16) + 2 :]
    return pieces


def test_what_was_recorded_is_played(tmp_path: Path) -> None:
    with playing(tmp_path, exchange(question("Hi"), says("Hello"))) as endpoint:
        answer = ask(endpoint, "Hi")

    assert answer == "Hello"
    assert endpoint.sessions.report("test") == ((1,), (), ())


def test_a_stream_keeps_its_pieces(tmp_path: Path) -> None:
    pieces = (b": comment\r\n\r\nda", b'ta: {"a":1}\r', b"\n\r\n")
    sent = question("Hi", stream=True)

    with playing(tmp_path, exchange(sent, streams(*pieces))) as endpoint:
        came = chunks_of(endpoint.address, json.dumps(sent).encode())

    assert came == [*pieces, b""]


async def test_a_stream_takes_its_recorded_time_when_asked_to(tmp_path: Path) -> None:
    slept: list[float] = []

    class Clock(SystemWorld):
        def monotonic(self) -> float:
            return sum(slept)

        async def sleep(self, seconds: float) -> None:
            slept.append(seconds)

    path = tmp_path / "talk.yaml"
    save(path, Cassette(interactions=(exchange(question("Hi"), streams(b"a", b"b", b"c")),)))
    transport = httpx2.ASGITransport(app_of(Sessions(recorded(path, pace=True))))

    with entered(Clock()):
        async with httpx2.AsyncClient(transport=transport, base_url="http://here") as client:
            answer = await client.post("/v1/chat/completions", json=question("Hi"))

    assert answer.content == b"abc"
    assert slept == pytest.approx([1, 1, 1])


def test_any_path_of_any_vendor_is_played(tmp_path: Path) -> None:
    anthropic = "https://api.anthropic.com/v1/messages"
    file = "https://files.example.com/v1/files/a%20b/content?version=2"
    picture = Response(200, (("content-type", "image/png"),), b"\x89PNG\xff", 0)

    with (
        playing(
            tmp_path,
            exchange({"model": "claude"}, says("Hello"), anthropic),
            exchange(None, picture, file, "GET"),
        ) as endpoint,
        httpx2.Client(base_url=endpoint.address, headers={"x-api-key": "mine"}) as client,
    ):
        message = client.post("/v1/messages", json={"model": "claude"})
        content = client.get("/v1/files/a%20b/content?version=2")

    assert message.json()["choices"][0]["message"]["content"] == "Hello"
    assert (content.headers["content-type"], content.content) == ("image/png", b"\x89PNG\xff")
    assert endpoint.sessions.report("mine") == ((1, 2), (), ())


def test_a_miss_says_what_has_changed_and_is_kept_for_its_owner(tmp_path: Path) -> None:
    with playing(tmp_path, exchange(question("Hi"), says("Hello"))) as endpoint:
        with pytest.raises(openai.NotFoundError, match="'Hi' became 'Ho'") as caught:
            ask(endpoint, "Ho", key="one")
        with httpx2.Client(base_url=f"{endpoint.address}/harness/sessions") as client:
            told = client.get("/one").json()
            unknown = client.get("/two")

    assert caught.value.response.headers["x-should-retry"] == "false"
    assert caught.value.code == "replay_miss"
    [miss] = endpoint.sessions.report("one").misses
    assert told == {"session": "one", "played": [], "unplayed": [1], "misses": [str(miss)]}
    assert "No recorded reply for model call 1 of 'one'." in str(miss)
    assert "harness proxy --upstream https://api.openai.com --output " in str(miss)
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "no_such_session")


def test_what_is_asked_of_the_server_itself_is_no_miss(tmp_path: Path) -> None:
    with (
        playing(tmp_path, exchange(question("Hi"), says("Hello"))) as endpoint,
        httpx2.Client(base_url=endpoint.address) as client,
    ):
        front, icon, probe = client.get("/"), client.get("/favicon.ico"), client.head("/")
        told = client.get("/harness/sessions").json()

    assert front.json() == {
        "served": (tmp_path / "talk.yaml").as_posix(),
        "models": ["gpt-4o"],
        "sessions": "/harness/sessions",
    }
    assert (front.status_code, icon.status_code, probe.status_code) == (200, 404, 200)
    unasked = {"session": "default", "played": [], "unplayed": [1], "misses": []}
    assert told == {"sessions": [unasked]}


def test_a_front_page_that_was_recorded_is_played(tmp_path: Path) -> None:
    page = Response(200, JSON, b'"Welcome"', 0)
    with playing(tmp_path, exchange(None, page, "https://example.com", "GET")) as endpoint:
        answer = httpx2.get(endpoint.address, headers={"content-type": "application/json"})

    assert answer.json() == "Welcome"


def test_a_session_that_was_ended_begins_again(tmp_path: Path) -> None:
    with playing(tmp_path, exchange(question("Hi"), says("Hello"))) as endpoint:
        ask(endpoint, "Hi")
        ended = httpx2.delete(f"{endpoint.address}/harness/sessions/test").json()
        again = ask(endpoint, "Hi")

    assert (ended["played"], ended["unplayed"]) == ([1], [])
    assert again == "Hello"


def test_a_session_is_named_by_its_header_or_its_key(tmp_path: Path) -> None:
    secret = "sk-proj-" + "a1B2c3D4" * 8
    with playing(tmp_path, exchange(question("Hi"), says("Hello"))) as endpoint:
        for key, headers in [("one", {}), ("two", {}), ("two", {"x-harness-session": "a/b"})]:
            assert ask(endpoint, "Hi", key, **headers) == "Hello"
        ask(endpoint, "Hi", secret)
        told = httpx2.get(f"{endpoint.address}/harness/sessions/a/b").json()

    assert endpoint.sessions.names[:3] == ["one", "two", "a/b"]
    assert secret not in endpoint.sessions.names[3]
    assert told["played"] == [1]


async def test_fifty_requests_of_five_sessions_at_once_do_not_mix(tmp_path: Path) -> None:
    equal = [exchange(question("Roll"), says(f"{number}")) for number in range(5)]
    other = [exchange(question(f"Say {number}"), says(f"said {number}")) for number in range(5)]

    async def rolled(sdk: openai.AsyncOpenAI, text: str) -> str | None:
        answer = await sdk.chat.completions.create(**question(text))
        return answer.choices[0].message.content

    with playing(tmp_path, *equal, *other) as endpoint:
        async with openai.AsyncOpenAI(base_url=endpoint.url, api_key="none") as sdk:
            clients = [sdk.with_options(api_key=f"session {number}") for number in range(5)]
            asked = ["Roll"] * 5 + [f"Say {number}" for number in range(5)]
            answers = await asyncio.gather(*(rolled(c, text) for text in asked for c in clients))

    for number in range(5):
        own = answers[number::5]
        assert sorted(filter(None, own[:5])) == ["0", "1", "2", "3", "4"]
        assert own[5:] == [f"said {each}" for each in range(5)]
        report = endpoint.sessions.report(f"session {number}")
        assert (sorted(report.played), report.unplayed, report.misses) == ([*range(1, 11)], (), ())


def test_a_connection_that_broke_breaks_again(tmp_path: Path) -> None:
    broken = streams(b"data: 1\n\n", ending=Failure("ReadError", "reset by peer"))

    with (
        playing(tmp_path, exchange(question("Hi"), broken)) as endpoint,
        httpx2.Client(base_url=endpoint.url) as client,
        client.stream("POST", "/chat/completions", json=question("Hi")) as answer,
    ):
        pieces = answer.iter_raw()
        first = next(pieces)
        with pytest.raises(httpx2.RemoteProtocolError, match="peer closed connection"):
            next(pieces)

    assert first == b"data: 1\n\n"


@pytest.mark.parametrize(("error", "status"), [("ConnectError", 502), ("ReadTimeout", 504)])
def test_a_call_that_got_no_answer_is_told_as_a_gateway_does(
    tmp_path: Path, error: str, status: int
) -> None:
    nothing = Unanswered(Failure(error, "nobody there"), 0)

    with playing(tmp_path, exchange(question("Hi"), nothing)) as endpoint:
        answer = httpx2.post(f"{endpoint.url}/chat/completions", json=question("Hi"))

    assert answer.status_code == status
    assert f"{error}: nobody there" in answer.json()["error"]["message"]


def test_who_stops_where_the_recorded_client_did_misses_nothing(tmp_path: Path) -> None:
    stopped = streams(b"data: 1\n\n", ending="stopped")

    with (
        playing(tmp_path, exchange(question("Hi"), stopped)) as endpoint,
        httpx2.stream("POST", f"{endpoint.url}/chat/completions", json=question("Hi")) as came,
    ):
        first = next(came.iter_raw())

    assert first == b"data: 1\n\n"
    assert endpoint.sessions.report("default") == ((1,), (), ())


def test_who_reads_on_where_the_recorded_client_stopped_has_missed(tmp_path: Path) -> None:
    stopped = streams(b"data: 1\n\n", ending="stopped")

    with playing(tmp_path, exchange(question("Hi"), stopped)) as endpoint:
        with pytest.raises(httpx2.RemoteProtocolError, match="peer closed connection"):
            httpx2.post(f"{endpoint.url}/chat/completions", json=question("Hi"))
        [miss] = endpoint.sessions.report("default").misses

    assert miss.cause == "the recorded run stopped waiting for the rest, and this one does not"


def test_models_are_those_that_were_asked(tmp_path: Path) -> None:
    with (
        playing(tmp_path, exchange(question("Hi"), says("Hello"))) as endpoint,
        openai.OpenAI(base_url=endpoint.url, api_key="test") as sdk,
    ):
        models = [model.id for model in sdk.models.list()]

    assert models == ["gpt-4o"]
    assert endpoint.sessions.report("test").misses == ()


def test_what_counts_can_be_declared(tmp_path: Path) -> None:
    path = tmp_path / "talk.yaml"
    save(path, Cassette(interactions=(exchange(question("Hi", seed=1), says("Hello")),)))

    with serving_sessions(recorded(path, key_parts=[parse_key_part("ignore:/seed")])) as endpoint:
        answer = ask(endpoint, "Hi")

    assert answer == "Hello"


def test_a_cassette_that_can_not_be_read_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCassette, match="No such file"):
        recorded(tmp_path / "missing.yaml")


def test_a_cassette_that_was_damaged_meanwhile_is_told_of(tmp_path: Path) -> None:
    with playing(tmp_path, exchange(question("Hi"), says("Hello"))) as endpoint:
        (tmp_path / "talk.yaml").write_text("harness: cassette\nversion: 1\n- no\n")
        answer = httpx2.post(f"{endpoint.url}/chat/completions", json=question("Hi"))

    assert answer.status_code == 500
    assert "talk.yaml:3" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("recorded", "told"),
    [
        ("https://api.openai.com/v1/models?a=b", "/v1/models?a=b"),
        ("https://api.openai.com?a=b", "/?a=b"),
        ("/v1/models", "{address}/v1/models"),
        ("https://files.example.com/b", "https://files.example.com/b"),
        ("http://[b", "http://[b"),
    ],
)
def test_a_redirect_does_not_lead_to_who_was_recorded(
    tmp_path: Path, recorded: str, told: str
) -> None:
    redirect = Response(307, (("location", recorded),), b"", 0)

    with playing(tmp_path, exchange(question("Hi"), redirect)) as endpoint:
        answer = httpx2.post(f"{endpoint.url}/chat/completions", json=question("Hi"))

    assert (answer.status_code, answer.headers["location"]) == (
        307,
        told.format(address=endpoint.address),
    )


def test_an_answer_without_a_body_has_none(tmp_path: Path) -> None:
    deleted = exchange(None, Response(204, (), b"", 0), "https://x.example/v1/files/1", "DELETE")

    with playing(tmp_path, deleted) as endpoint:
        answer = httpx2.delete(f"{endpoint.url}/files/1")

    assert (answer.status_code, answer.content) == (204, b"")
