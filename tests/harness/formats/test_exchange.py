"""Exchanges that test suites save for themselves, one a file or several."""

import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import UnreadableCassette
from harness.formats import Source, loaded
from harness.interactions import Cassette, Interaction, Request, Response

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
    ({"uri": CHAT, "json": ASKED}, {"status_code": 200, "json": SAID, "reason": "OK"}),
    ({"url": CHAT, "content": ASKED, "id": 7}, {"statusCode": 200, "content": SAID, "params": {}}),
    ({"url": CHAT, "text": compact(ASKED).decode(), "method": "post"},
     {"status": {"code": 200}, "text": compact(SAID).decode(), "json": {}}),
    ({"url": CHAT, "body": ASKED, "id": "a"}, {"body": None, "text": "", "json": SAID}),
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


GEMINI = "https://generativelanguage.googleapis.com/v1beta/models/flash:generateContent"
BODIES = [
    (SAID, CHAT),
    ({"object": "response", "output": []}, "https://api.openai.com/v1/responses"),
    ({"object": "list", "data": []}, "https://api.openai.com/v1/embeddings"),
    ({"type": "message", "role": "assistant"}, "https://api.anthropic.com/v1/messages"),
    ({"created_at": "2026", "done": True, "message": {}}, "http://localhost:11434/api/chat"),
    ({"candidates": [], "modelVersion": "flash"}, GEMINI),
]


@pytest.mark.parametrize(("said", "url"), BODIES)
def test_bodies_alone_tell_the_api_by_the_shape_of_the_answer(
    said: dict[str, Any], url: str
) -> None:
    [interaction] = read({"request": ASKED, "response": said}).interactions

    assert interaction.request == Request("POST", url, (), compact(ASKED))
    json_type = (("content-type", "application/json"),)
    assert interaction.response == Response(200, json_type, compact(said), 0)


def test_several_exchanges_keep_their_order() -> None:
    one, other = ({"request": {"url": CHAT}, "response": {"body": text}} for text in "ab")

    interactions = read(one, other).interactions

    assert [each.response for each in interactions] == [
        Response(200, (), b"a", 0),
        Response(200, (), b"b", 0),
    ]


def exchange(asked: Any, said: Any) -> list[Any]:
    return [{"request": asked, "response": said}]


DAMAGES = [
    (exchange({}, {}), 2, "the key 'url' is missing"),
    (exchange({"url": CHAT}, {"status": "x"}), 6, "'status': input should be"),
    (exchange({"url": "/v1/chat"}, {}), 3, "'url': '/v1/chat' says no host"),
    ([*exchange({"url": CHAT}, {}), 5], 8, "an exchange has a request and a"),
    (exchange({"url": CHAT}, {"payload": "5"}), 5, "it: 'payload' has no meaning"),
    (exchange({"url": CHAT}, {"status": 200, "chunks": ["5"]}), 5, "it: 'chunks' has no meaning"),
    (exchange({"url": CHAT, "body": "", "request_body": "x"}, {}), 2, "it: 'request_body' has no "),
    (exchange({"url": CHAT, "body": "x", "params": {"a": 1}}, {}), 2, "it: 'params' has no mean"),
]  # fmt: skip


@pytest.mark.parametrize(("tree", "line", "why"), DAMAGES)
def test_what_is_damaged_or_unknown_is_refused_with_its_place(
    tree: list[Any], line: int, why: str
) -> None:
    with pytest.raises(UnreadableCassette) as caught:
        read(*tree)

    assert caught.value.why.startswith(why)
    assert caught.value.line == line
