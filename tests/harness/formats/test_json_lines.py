"""JSON lines: exchanges, and answers that were streamed."""

import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import UnreadableCassette
from harness.formats import Source, loaded
from harness.interactions import Chunk, Interaction, Request, Response

CHAT = "https://api.openai.com/v1/chat/completions"


def compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def read(*lines: bytes) -> tuple[Interaction, ...]:
    return loaded(Source(Path("a.jsonl"), b"\n".join(lines) + b"\n")).interactions


def exchange(content: str) -> bytes:
    return compact({"request": {"url": CHAT, "body": content}, "response": {"body": "yes"}})


def test_an_exchange_a_line_is_read() -> None:
    interactions = read(exchange("one"), b"", exchange("two"))

    answer = Response(200, (), b"yes", duration_ns=0)
    assert interactions == (
        Interaction(Request("POST", CHAT, (), b"one"), answer),
        Interaction(Request("POST", CHAT, (), b"two"), answer),
    )


def test_a_damaged_line_is_named() -> None:
    with pytest.raises(UnreadableCassette, match="not JSON") as caught:
        read(exchange("one"), b"", exchange("two")[:-1])

    assert caught.value.line == 3


OPENAI = {"object": "chat.completion.chunk", "model": "m", "choices": []}
OLLAMA = {"model": "m", "created_at": "2026-01-01", "message": {}, "done": False}
GEMINI = {"candidates": [], "modelVersion": "gemini"}
SSE = "text/event-stream"
STREAMS = [
    (OPENAI, CHAT, SSE, [b"data: %b\n\n", b"data: %b\n\n", b"data: [DONE]\n\n"]),
    (OLLAMA, "http://localhost:11434/api/chat", "application/x-ndjson", [b"%b\n", b"%b\n"]),
    (GEMINI, "https://generativelanguage.googleapis.com/v1beta/models/"
     "gemini:streamGenerateContent?alt=sse", SSE, [b"data: %b\n\n", b"data: %b\n\n"]),
]  # fmt: skip


@pytest.mark.parametrize(("piece", "url", "kind", "forms"), STREAMS)
def test_an_answer_in_lines_is_a_stream_of_its_api(
    piece: dict[str, Any], url: str, kind: str, forms: list[bytes]
) -> None:
    [interaction] = read(compact(piece), compact(piece))

    model = piece.get("model", "gemini")
    json_type = (("content-type", "application/json"),)
    assert interaction.request == Request(
        "POST", url, json_type, compact({"model": model, "stream": True})
    )
    pieces = [form % compact(piece) if b"%b" in form else form for form in forms]
    chunks = tuple(Chunk(0, each) for each in pieces)
    assert interaction.response == Response(200, (("content-type", kind),), chunks, 0)


def test_lines_of_anything_else_are_refused() -> None:
    with pytest.raises(UnreadableCassette, match="not JSON: Extra data"):
        read(b'{"messages":[]}', b'{"messages":[]}')
