"""Recordings of nock."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import UnreadableCassette
from harness.formats import Source, loaded
from harness.interactions import Cassette, Header, Interaction, Request, Response

PACKED = gzip.compress(b'{"choices":[]}')


def definitions(**parts: Any) -> str:
    definition = {
        "scope": "https://api.openai.com:443",
        "method": "POST",
        "path": "/v1/chat/completions",
        "body": {"model": "gpt-4o"},
        "status": 200,
        "response": {"choices": []},
        "rawHeaders": ["Content-Type", "application/json"],
        "responseIsBinary": False,
        **parts,
    }
    return json.dumps([definition], indent=1)


def read(text: str) -> Cassette:
    return loaded(Source(Path("chat.json"), text.encode()))


def test_a_recording_is_read() -> None:
    url = "https://api.openai.com:443/v1/chat/completions"
    asked = Request("POST", url, (), b'{"model":"gpt-4o"}')
    json_type = (("content-type", "application/json"),)
    answered = Response(200, json_type, b'{"choices":[]}', duration_ns=0)

    assert read(definitions()) == Cassette(Header(by="nock"), (Interaction(asked, answered),))


BODIES = [
    pytest.param({"response": "hello"}, b"hello", id="text"),
    pytest.param({"response": ["ff", "00"]}, b'["ff","00"]', id="JSON"),
    pytest.param({"response": "ff00", "responseIsBinary": True}, b"\xff\x00", id="hex"),
    pytest.param({"response": [PACKED[:9].hex(), PACKED[9:].hex()],
                  "rawHeaders": ["Content-Encoding", "gzip"]}, b'{"choices":[]}', id="packed"),
    pytest.param({"response": {"choices": []}, "rawHeaders": {"Content-Encoding": "gzip"}},
                 b'{"choices":[]}', id="unpacked already"),
    pytest.param({"response": ""}, b"", id="none"),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "body"), BODIES)
def test_a_body_is_read_in_every_form(parts: dict[str, Any], body: bytes) -> None:
    [interaction] = read(definitions(**parts)).interactions

    assert isinstance(interaction.response, Response)
    assert interaction.response.body == body


DAMAGES = [
    ({"path": 5}, "'path': input should be a valid string"),
    ({"rawHeaders": ["Content-Type"]}, "a header in 'rawHeaders' has no value"),
]


@pytest.mark.parametrize(("parts", "why"), DAMAGES)
def test_a_damaged_recording_is_refused(parts: dict[str, Any], why: str) -> None:
    with pytest.raises(UnreadableCassette) as caught:
        read(definitions(**parts))

    assert caught.value.why.startswith(why)
