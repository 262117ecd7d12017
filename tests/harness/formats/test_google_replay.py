"""Recordings of Google's test server and Gen AI SDKs."""

import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import UnreadableCassette
from harness.formats import Source, loaded
from harness.interactions import Cassette, Header, Interaction, Request, Response

PATH = "/v1beta/models/gemini-2.5-flash"
HOST = "https://generativelanguage.googleapis.com"


def read(request: Any, response: Any) -> Cassette:
    tree = {"recordID": "a", "interactions": [{"request": request, "response": response}]}
    return loaded(Source(Path("chat.json"), json.dumps(tree, indent=2).encode()))


def served(path: str, **parts: Any) -> dict[str, Any]:
    where = {"serverAddress": HOST.partition("//")[2], "port": 443, "protocol": "https"}
    return {"method": "post", "url": path, "headers": {}, "bodySegments": [{"a": 1}], **where,
            **parts}  # fmt: skip


def test_a_recording_of_the_server_is_read() -> None:
    response = {"statusCode": 200, "headers": {}, "bodySegments": [{"candidates": []}]}

    cassette = read(served(f"{PATH}:generateContent"), response)

    asked = Request("POST", f"{HOST}{PATH}:generateContent", (), b'{"a":1}')
    answered = Response(200, (), b'{"candidates":[]}', duration_ns=0)
    expected = Header(by="Google test server")
    assert cassette == Cassette(expected, (Interaction(asked, answered),))


def test_the_segments_of_a_stream_are_its_events() -> None:
    response = {"statusCode": 200, "headers": {}, "bodySegments": [{"n": 1}, {"n": 2}]}
    request = served(f"{PATH}:streamGenerateContent?alt=sse", port=8080, protocol="http")

    [interaction] = read(request, response).interactions

    assert interaction.request.url.startswith("http://generativelanguage.googleapis.com:8080/v1b")
    said = b'data: {"n":1}\r\n\r\ndata: {"n":2}\r\n\r\n'
    assert interaction.response == Response(200, (), said, duration_ns=0)


def test_a_recording_of_the_sdk_is_read() -> None:
    url = "{MLDEV_URL_PREFIX}/models/gemini-2.5-flash:generateContent"
    request = {"method": "post", "url": url, "headers": {}, "body_segments": []}
    response = {"status_code": 400, "headers": {}, "body_segments": [{"error": {}}]}

    [interaction] = read(request, response).interactions

    asked = Request("POST", url, (), b"")
    assert interaction == Interaction(asked, Response(400, (), b'{"error":{}}', duration_ns=0))


def test_a_damaged_recording_is_refused_with_its_place() -> None:
    with pytest.raises(UnreadableCassette, match="the key 'statusCode' is missing") as caught:
        read(served(PATH), {"headers": {}})

    assert caught.value.line == 18
