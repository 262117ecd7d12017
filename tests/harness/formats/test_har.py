"""HTTP archives of browsers, proxies and Polly."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import UnreadableCassette
from harness.formats import Source, loaded
from harness.interactions import Failure, Header, Interaction, Request, Response, Unanswered

URL = "https://api.openai.com/v1/chat/completions"
JSON = {"name": "Content-Type", "value": "application/json"}
ASKED = (("content-type", "application/json"),)


def archive(request: Any = None, response: Any = None, **entry: Any) -> str:
    entry = {
        "startedDateTime": "2026-03-02T09:48:53.000Z",
        "time": 812.5,
        "request": {"method": "POST", "url": URL, "headers": [JSON], **(request or {})},
        "response": {"status": 200, "headers": [], "content": {}, **(response or {})},
        **entry,
    }
    creator = {"name": "WebInspector", "version": "537.36"}
    return json.dumps({"log": {"version": "1.2", "creator": creator, "entries": [entry]}}, indent=1)


def read(text: str) -> tuple[Header, Interaction]:
    cassette = loaded(Source(Path("chat.har"), text.encode()))
    [interaction] = cassette.interactions
    return cassette.header, interaction


def test_an_archive_is_read_with_its_day_and_times() -> None:
    posted = {"mimeType": "application/json", "text": '{"model":"gpt-4o"}'}
    pseudo = {"name": ":authority", "value": "api.openai.com"}
    content = {"size": 2, "mimeType": "application/json", "text": "{}"}

    header, interaction = read(
        archive({"postData": posted, "headers": [JSON, pseudo]}, {"content": content})
    )

    assert header == Header(recorded="2026-03-02", by="WebInspector 537.36")
    assert interaction == Interaction(
        Request("POST", URL, ASKED, b'{"model":"gpt-4o"}'), Response(200, (), b"{}", 812_500_000)
    )


BODIES = [
    pytest.param({"text": "ä"}, "ä".encode(), id="text"),
    pytest.param({"text": "w6Q=", "encoding": "base64"}, "ä".encode(), id="base64"),
    pytest.param({"text": '["w6Q=","IQ=="]', "encoding": "base64"}, "ä!".encode(), id="pieces"),
    pytest.param({"text": "c3a4", "_isBinary": True}, "ä".encode(), id="hex digits"),
    pytest.param({"text": '["c3a4","21"]', "_isBinary": True}, "ä!".encode(), id="hex in pieces"),
    pytest.param({}, b"", id="none"),
]


@pytest.mark.parametrize(("content", "body"), BODIES)
def test_a_body_is_read_in_every_form(content: dict[str, str], body: bytes) -> None:
    _, interaction = read(archive(response={"content": content}))

    assert interaction.response == Response(200, (), body, 812_500_000)


def test_a_header_that_tells_of_a_compression_that_is_undone_is_left_out() -> None:
    packed = {"name": "Content-Encoding", "value": "gzip"}
    picture = {"text": "iVBORw0KGgo=", "encoding": "base64"}

    _, interaction = read(archive(response={"headers": [packed], "content": picture}))

    assert interaction.response == Response(200, (), b"\x89PNG\r\n\x1a\n", 812_500_000)


def test_a_form_is_encoded_again() -> None:
    params = [{"name": "a b", "value": "1"}, {"name": "c", "value": "&"}]

    _, interaction = read(archive({"postData": {"mimeType": "form", "params": params}}))

    assert interaction.request.body == b"a+b=1&c=%26"


def test_a_body_that_was_sent_is_read_where_polly_parsed_it() -> None:
    _, interaction = read(archive({"postData": {"mimeType": "a", "textJSON": {"a": 1}}}))

    assert interaction.request.body == b'{"a":1}'


def test_a_body_that_was_not_saved_is_a_failure_and_no_empty_answer() -> None:
    _, interaction = read(archive(response={"content": {"size": 15302}}))

    failure = Failure("ReadError", "the archive lacks this body")
    assert interaction.response == Unanswered(failure, 812_500_000)


def test_what_got_no_answer_is_a_failure() -> None:
    _, interaction = read(archive(response={"status": 0, "_error": "net::ERR_FAILED"}, time=-1))

    assert interaction.response == Unanswered(Failure("NetworkError", "net::ERR_FAILED"), 0)


DAMAGES = [
    (archive({"url": None}), 14, "'url': input should be a valid string"),
    (archive(response={"content": {"_file": "a1.bin"}}), 9,
     "the body lies in a file of its own, a1.bin"),
    (archive(response={"content": {"text": "?", "encoding": "base64"}}), 9, "not base64"),
    ('{"log": {"entries": 5}}', 1, "the archive has no list of entries"),
    ('{"log": {"entries": [7]}}', 1, "it: input should be a valid dictionary"),
    ('{"log": {"creator": []}}', 1, "the archive has no list of entries"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "why"), DAMAGES)
def test_a_damaged_archive_is_refused_with_its_place(text: str, line: int, why: str) -> None:
    with pytest.raises(UnreadableCassette) as caught:
        read(text)

    assert caught.value.why.startswith(why)
    assert caught.value.line == line


def test_a_gzipped_body_is_decompressed() -> None:
    packed = base64.b64decode("H4sIAAAAAAACA6tWSs7Iz0xOLVayio6tBQBLnrqtDgAAAA==")
    content = {"text": base64.b64encode(packed).decode(), "encoding": "base64"}
    headers = [{"name": "Content-Encoding", "value": "gzip"}]

    _, interaction = read(archive(response={"headers": headers, "content": content}))

    assert interaction.response == Response(200, (), b'{"choices":[]}', 812_500_000)
