"""Exchanges that test suites save for themselves, one a file or several."""

import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import UnreadableCassette
from harness.formats import Source, loaded
from harness.interactions import Cassette, Chunk, Interaction, Request, Response

CHAT = "https://api.openai.com/v1/chat/completions"
ASKED = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}]}
SAID = {"object": "chat.completion", "choices": [], "usage": {}}


def compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def read(*exchanges: Any) -> Cassette:
    tree = exchanges[0] if len(exchanges) == 1 else list(exchanges)
    return loaded(Source(Path("chat.json"), json.dumps(tree, indent=1).encode()))


NAMES = [
    ({"url": CHAT, "body": ASKED}, {"status": 200, "body": SAID}),
    ({"uri": CHAT, "json": ASKED}, {"status_code": 200, "json": SAID}),
    ({"endpoint": CHAT, "data": ASKED}, {"statusCode": 200, "content": SAID}),
    ({"url": CHAT, "text": compact(ASKED).decode(), "method": "post"},
     {"status": {"code": 200}, "text": compact(SAID).decode()}),
    ({"url": CHAT, "body": "", "request_body": compact(ASKED).decode()},
     {"binary": False, "status_code": 200, "body": compact(SAID).decode()}),
    ({"url": CHAT, "body": ASKED}, {"body": SAID, "chunks": None}),
]  # fmt: skip


@pytest.mark.parametrize(("request_part", "response_part"), NAMES)
def test_a_message_is_read_under_the_usual_names(
    request_part: dict[str, Any], response_part: dict[str, Any]
) -> None:
    cassette = read({"request": request_part, "response": response_part})

    expected = Interaction(
        Request("POST", CHAT, (), compact(ASKED)), Response(200, (), compact(SAID), 0)
    )
    assert cassette.interactions == (expected,)


BODIES = [
    (ASKED, SAID, CHAT),
    ({"model": "o3", "input": "Hi"}, {"object": "response", "output": []},
     "https://api.openai.com/v1/responses"),
    ({"model": "e", "input": "Hi"}, {"object": "list", "data": []},
     "https://api.openai.com/v1/embeddings"),
    (ASKED, {"type": "message", "role": "assistant"}, "https://api.anthropic.com/v1/messages"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "said", "url"), BODIES)
def test_bodies_alone_tell_the_api_by_their_shape(
    asked: dict[str, Any], said: dict[str, Any], url: str
) -> None:
    [interaction] = read({"request": asked, "response": said}).interactions

    assert interaction.request == Request("POST", url, (), compact(asked))
    json_type = (("content-type", "application/json"),)
    assert interaction.response == Response(200, json_type, compact(said), 0)


def test_several_exchanges_keep_their_order_and_chunks_stay_apart() -> None:
    chunks = {"url": CHAT}, {"chunks": ["data: 1\n\n", {"data": "data: 2\n\n"}, {"delta": 3}]}
    plain = {"url": CHAT}, {"body": "x"}

    cassette = read(*({"request": asked, "response": said} for asked, said in (chunks, plain)))

    first, second = (each.response for each in cassette.interactions)
    pieces = (b"data: 1\n\n", b"data: 2\n\n", b'data: {"delta":3}\n\n')
    assert first == Response(200, (), tuple(Chunk(0, data) for data in pieces), 0)
    assert second == Response(200, (), b"x", 0)


def test_a_list_is_read_whatever_its_name() -> None:
    exchange = {"request": {"url": CHAT}, "response": {"body": "x"}}

    cassette = read({"meta": {"name": "chat"}, "recordings": [exchange, exchange]})

    expected = Interaction(Request("POST", CHAT, (), b""), Response(200, (), b"x", 0))
    assert cassette.interactions == (expected, expected)


DAMAGES = [
    ([{"request": {}, "response": {}}], 2, "the key 'url' is missing"),
    ([{"request": {"url": CHAT}, "response": {"status": "x"}}], 6, "'status': input should be"),
    ([{"request": {"url": CHAT}, "response": {"payload": 5}}], 5, "no answer is in 'payload'"),
    ([{"request": {"url": CHAT}, "response": {"chunks": 5}}], 6, "'chunks': chunks are a list"),
    ([{"request": {"url": "/v1/chat"}, "response": {}}], 3, "'url': '/v1/chat' says no host"),
    ([{"request": {"url": CHAT}, "response": {}}, 5], 8, "an exchange has a request and a"),
]


@pytest.mark.parametrize(("tree", "line", "why"), DAMAGES)
def test_a_damaged_file_is_refused_with_its_place(tree: list[Any], line: int, why: str) -> None:
    with pytest.raises(UnreadableCassette) as caught:
        read(*tree)

    assert caught.value.why.startswith(why)
    assert caught.value.line == line
