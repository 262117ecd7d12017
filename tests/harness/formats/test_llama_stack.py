"""Recordings of Llama Stack."""

import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import UnreadableCassette
from harness.formats import Source, loaded
from harness.interactions import Cassette, Chunk, Header, Interaction, Request, Response

URL = "http://0.0.0.0:11434/v1/chat/completions"
OPENAI = "openai.types.chat.chat_completion"


def typed(kind: str, fields: Any) -> dict[str, Any]:
    return {"__type__": kind, "__data__": fields}


def read(response: Any, url: str = URL) -> Cassette:
    request = {"method": "POST", "url": url, "headers": {}, "body": {"model": "llama3.2:3b"},
               "endpoint": "/v1/chat/completions", "model": "llama3.2:3b"}  # fmt: skip
    tree = {"test_id": "a", "request": request, "response": response}
    return loaded(Source(Path("0a1b.json"), json.dumps(tree, indent=2).encode()))


def test_an_answer_is_read_without_the_names_of_its_classes() -> None:
    message = typed(f"{OPENAI}_message.ChatCompletionMessage", {"content": "Hi"})
    body = typed(f"{OPENAI}.ChatCompletion", {"choices": [{"message": message}]})

    cassette = read({"body": body, "is_streaming": False})

    json_type = (("content-type", "application/json"),)
    said = b'{"choices":[{"message":{"content":"Hi"}}]}'
    asked = Request("POST", URL, (), b'{"model":"llama3.2:3b"}')
    expected = Interaction(asked, Response(200, json_type, said, duration_ns=0))
    assert cassette == Cassette(Header(by="Llama Stack"), (expected,))


STREAMS = [
    (f"{OPENAI}_chunk.ChatCompletionChunk", "text/event-stream",
     [b'data: {"id":"a"}\n\n', b"data: [DONE]\n\n"]),
    ("ollama._types.ChatResponse", "application/x-ndjson", [b'{"id":"a"}\n']),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "content_type", "pieces"), STREAMS)
def test_a_stream_comes_back_as_its_api_sent_it(
    kind: str, content_type: str, pieces: list[bytes]
) -> None:
    [interaction] = read({"body": [typed(kind, {"id": "a"})], "is_streaming": True}).interactions

    headers = (("content-type", content_type),)
    chunks = tuple(Chunk(0, piece) for piece in pieces)
    assert interaction.response == Response(200, headers, chunks, duration_ns=0)


def test_a_damaged_recording_is_refused_with_its_place() -> None:
    with pytest.raises(UnreadableCassette, match="the key 'body' is missing") as caught:
        read({"is_streaming": True})

    assert caught.value.line == 13
