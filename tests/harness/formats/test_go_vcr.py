"""go-vcr's formats: the first, and the one of its versions 2 to 4."""

from pathlib import Path

import pytest

from harness.errors import UnreadableCassette
from harness.formats import Source, loaded
from harness.interactions import Header, Interaction, Request, Response

URL = "https://api.openai.com/v1/chat/completions"
FIRST = f"""\
---
version: 1
interactions:
- request:
    body: '{{"model":"gpt-4o"}}'
    form: {{}}
    headers:
      Content-Type:
      - application/json
    url: {URL}
    method: POST
  response:
    body: |
      {{"choices":[]}}
    headers:
      Retry-After:
      - "1"
      - "2"
    status: 429 Too Many Requests
    code: 429
    duration: ""
"""
SECOND = f"""\
---
version: 2
interactions:
- id: 0
  request:
    proto: HTTP/1.1
    proto_major: 1
    proto_minor: 1
    content_length: 18
    transfer_encoding: []
    trailer: {{}}
    host: api.openai.com
    remote_addr: ""
    request_uri: ""
    body: '{{"model":"gpt-4o"}}'
    form: {{}}
    headers: {{}}
    url: {URL}
    method: ""
  response:
    proto: HTTP/2.0
    body: !!binary |
      H4sIAAAAAAACA6tWSs7Iz0xOLVayio6tBQBLnrqtDgAAAA==
    uncompressed: false
    headers:
      Content-Encoding:
      - gzip
      Content-Type:
      - application/json
    status: 200 OK
    code: 200
    duration: 1m2.5s
"""


def read(text: str) -> tuple[Header, Interaction]:
    cassette = loaded(Source(Path("chat.yaml"), text.encode()))
    [interaction] = cassette.interactions
    return cassette.header, interaction


def test_the_first_format_is_read() -> None:
    json = (("content-type", "application/json"),)
    retries = (("retry-after", "1"), ("retry-after", "2"))

    header, interaction = read(FIRST)

    assert header == Header(by="go-vcr")
    assert interaction == Interaction(
        Request("POST", URL, json, b'{"model":"gpt-4o"}'),
        Response(429, retries, b'{"choices":[]}\n', duration_ns=0),
    )


DURATIONS = [
    ("1m2.5s", 62_500_000_000),
    ("960.107583ms", 960_107_583),
    ("1.5µs", 1500),
    ("1h", 3_600_000_000_000),
    ("17", 17),
    ("soon", 0),
    ("{}", 0),
]


@pytest.mark.parametrize(("written", "nanoseconds"), DURATIONS)
def test_a_duration_is_read_as_go_writes_it(written: str, nanoseconds: int) -> None:
    _, interaction = read(SECOND.replace("1m2.5s", written))

    assert interaction.response.duration_ns == nanoseconds


def test_a_binary_body_is_decompressed_and_no_method_is_get() -> None:
    _, interaction = read(SECOND)

    json = (("content-type", "application/json"),)
    assert interaction.request.method == "GET"
    assert interaction.response == Response(200, json, b'{"choices":[]}', 62_500_000_000)


DAMAGES = [
    ("    url: ", "    link: ", 4, "the key 'url' is missing"),
    ("code: 429", "code: [x]", 20, "'code': input should be a valid integer"),
    ("code: 429", "code: 7", 20, "'code': input should be greater than or equal to 100"),
    ("    form: {}\n", "    form: !!python/name:os.system\n", 6, "the tag '"),
]


@pytest.mark.parametrize(("old", "new", "line", "why"), DAMAGES)
def test_a_damaged_file_is_refused_with_its_place(old: str, new: str, line: int, why: str) -> None:
    assert old in FIRST

    with pytest.raises(UnreadableCassette) as caught:
        read(FIRST.replace(old, new))

    assert caught.value.why.startswith(why)
    assert caught.value.line == line
