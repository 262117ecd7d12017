"""Server-sent events that were saved as they came."""

import json
from pathlib import Path

import pytest

from harness.errors import UnreadableCassette
from harness.formats import Source, loaded
from harness.interactions import Chunk, Response

CHAT = (
    b": ready\n\n"
    b'data: {"object":"chat.completion.chunk","model":"gpt-4o","choices":[]}\r\n\r\n'
    b"data: [DONE]\n\n"
)
RESPONSES = (
    b'event: response.created\ndata: {"type":"response.created","response":{"model":"o3"}}\n\n'
    b"event: response.output_text.delta\n"
    b'data: {"type":"response.output_text.delta","delta":"Hi"}\n\n'
)
MESSAGES = b'event: message_start\ndata: {"type":"message_start","message":{"model":"opus"}}'
GEMINI = b'data: {"candidates": [], "modelVersion": "flash"}\r\n\r\n'
GEMINI_URL = (
    "https://generativelanguage.googleapis.com/v1beta/models/flash:streamGenerateContent?alt=sse"
)
STREAMS = [
    pytest.param(CHAT, "https://api.openai.com/v1/chat/completions", "gpt-4o", 3, id="chat"),
    pytest.param(RESPONSES, "https://api.openai.com/v1/responses", "o3", 2, id="responses"),
    pytest.param(MESSAGES, "https://api.anthropic.com/v1/messages", "opus", 1, id="messages"),
    pytest.param(GEMINI, GEMINI_URL, "flash", 1, id="gemini"),
]


@pytest.mark.parametrize(("data", "url", "model", "count"), STREAMS)
def test_a_saved_stream_is_an_answer_event_by_event(
    data: bytes, url: str, model: str, count: int
) -> None:
    [interaction] = loaded(Source(Path("answer.txt"), data)).interactions

    assert interaction.request.url == url
    assert json.loads(interaction.request.body) == {"model": model, "stream": True}
    assert isinstance(interaction.response, Response)
    assert interaction.response.headers == (("content-type", "text/event-stream"),)
    assert interaction.response.content == data
    assert len(interaction.response.body) == count


def test_the_pieces_are_whole_events() -> None:
    [interaction] = loaded(Source(Path("answer.sse"), CHAT)).interactions

    assert isinstance(interaction.response, Response)
    first, second, last = interaction.response.body
    assert first == Chunk(0, b": ready\n\n")
    assert isinstance(second, Chunk)
    assert second.data.endswith(b"\r\n\r\n")
    assert last == Chunk(0, b"data: [DONE]\n\n")


def test_a_mark_of_the_byte_order_is_no_part_of_the_stream() -> None:
    [marked] = loaded(Source(Path("answer.txt"), b"\xef\xbb\xbf" + CHAT)).interactions

    assert [marked] == list(loaded(Source(Path("answer.txt"), CHAT)).interactions)


def test_a_model_with_half_a_character_in_its_name_is_refused() -> None:
    with pytest.raises(UnreadableCassette, match="surrogates not allowed"):
        loaded(Source(Path("answer.sse"), CHAT.replace(b"gpt-4o", b"\\ud800")))


@pytest.mark.parametrize("data", [b"data: 5\n\n", b"data: {\n\ndata: [DONE]\n\n", b":\n"])
def test_a_stream_of_no_known_api_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableCassette, match="no event is one of an API that is known here"):
        loaded(Source(Path("answer.sse"), data))
