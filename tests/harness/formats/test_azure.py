"""Recordings of the Azure SDKs' test proxy."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import UnreadableCassette
from harness.formats import Source, loaded
from harness.interactions import Cassette, Header, Interaction, Request, Response

URL = "https://Sanitized.openai.azure.com/openai/deployments/gpt-4o/chat/completions"
JSON = (("content-type", "application/json"),)


def recording(**parts: Any) -> str:
    entry = {
        "RequestUri": URL,
        "RequestMethod": "POST",
        "RequestHeaders": {"Content-Type": "application/json"},
        "RequestBody": {"model": "gpt-4o"},
        "StatusCode": 200,
        "ResponseHeaders": {"Content-Type": "application/json"},
        "ResponseBody": {"choices": []},
        **parts,
    }
    return json.dumps({"Entries": [entry], "Variables": {}}, indent=2)


def read(text: str) -> Cassette:
    return loaded(Source(Path("test_chat.json"), text.encode()))


def test_a_recording_is_read() -> None:
    asked = Request("POST", URL, JSON, b'{"model":"gpt-4o"}')
    answered = Response(200, JSON, b'{"choices":[]}', duration_ns=0)

    cassette = read(recording())

    by = Header(by="Azure SDK test proxy")
    assert cassette == Cassette(by, (Interaction(asked, answered),))


STREAM = "text/event-stream; charset=utf-8"
BODIES = [
    ("application/json", {"a": [1]}, b'{"a":[1]}'),
    ("application/json", ["a", "b"], b'["a","b"]'),
    (STREAM, ["data: 1\n", "\n", "data: [DONE]\n", "\n"], b"data: 1\n\ndata: [DONE]\n\n"),
    (STREAM, "data: 1", b"data: 1"),
    ("application/octet-stream", base64.b64encode(b"\xff\x00").decode(), b"\xff\x00"),
    ("application/octet-stream", "no base64!", b"no base64!"),
    ("application/json", None, b""),
]


@pytest.mark.parametrize(("kind", "stored", "body"), BODIES)
def test_a_body_is_read_in_every_form(kind: str, stored: Any, body: bytes) -> None:
    headers = {"Content-Type": kind, "Retry-After": ["1", "2"]}

    [interaction] = read(recording(ResponseHeaders=headers, ResponseBody=stored)).interactions

    expected = (("content-type", kind), ("retry-after", "1"), ("retry-after", "2"))
    assert interaction.response == Response(200, expected, body, duration_ns=0)


def test_a_damaged_recording_is_refused_with_its_place() -> None:
    with pytest.raises(UnreadableCassette, match="'StatusCode': input should be a valid") as caught:
        read(recording(StatusCode="Sanitized"))

    assert caught.value.line == 12
