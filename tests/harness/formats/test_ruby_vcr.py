"""Cassettes of Ruby's VCR."""

import json
from pathlib import Path

import pytest

from harness.errors import UnreadableCassette
from harness.formats import Source, loaded
from harness.interactions import Header, Interaction, Request, Response

URL = "https://api.openai.com/v1/chat/completions"
NEW = f"""\
---
http_interactions:
- request:
    method: post
    uri: {URL}
    body:
      encoding: UTF-8
      string: '{{"model":"gpt-4o"}}'
    headers:
      Content-Type:
      - application/json
  response:
    status:
      code: 200
      message: OK
    headers: {{}}
    body:
      encoding: ASCII-8BIT
      string: !binary |-
        w6Q=
  recorded_at: Mon, 02 Mar 2026 09:48:53 GMT
recorded_with: VCR 6.4.0
"""


def read(text: str) -> tuple[Header, Interaction]:
    cassette = loaded(Source(Path("chat.yml"), text.encode()))
    [interaction] = cassette.interactions
    return cassette.header, interaction


def test_a_cassette_is_read_with_its_day() -> None:
    asked = (("content-type", "application/json"),)

    header, interaction = read(NEW)

    assert header == Header(recorded="2026-03-02", by="VCR 6.4.0")
    assert interaction == Interaction(
        Request("POST", URL, asked, b'{"model":"gpt-4o"}'), Response(200, (), "ä".encode(), 0)
    )


BODIES = [
    ("string: !binary |-\n        w6Q=", "base64_string: w6Q=", "ä".encode()),
    ("encoding: ASCII-8BIT\n      string: !binary |-\n        w6Q=",
     "encoding: ISO-8859-1\n      string: ä", b"\xe4"),
    ("encoding: ASCII-8BIT\n      string: !binary |-\n        w6Q=",
     "encoding: none such\n      string: ä", "ä".encode()),
    ("string: !binary |-\n        w6Q=", "string: ': comment'", b": comment"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "body"), BODIES)
def test_a_body_is_read_in_every_form(old: str, new: str, body: bytes) -> None:
    assert old in NEW

    _, interaction = read(NEW.replace(old, new))

    assert isinstance(interaction.response, Response)
    assert interaction.response.body == body


def test_json_is_read_as_well() -> None:
    request = {"method": "post", "uri": URL, "body": {"encoding": "UTF-8", "string": "{}"}}
    response = {"status": {"code": 204, "message": None}, "headers": {}}
    tree = {"http_interactions": [{"request": request, "response": response}]}

    _, interaction = read(json.dumps(tree))

    assert interaction == Interaction(Request("POST", URL, (), b"{}"), Response(204, (), b"", 0))


def in_r(response: str, moment: str) -> str:
    """What vcr writes, of which older versions name themselves beside each interaction."""
    request = f"  request:\n    method: post\n    uri: {URL}\n    body: {{string: '{{}}'}}\n"
    recorded = f"  recorded_at: {moment}\n  recorded_with: vcr/1.2.0\n"
    return f"http_interactions:\n- \n{request}  response:\n{response}{recorded}"


BETAMAX = """{"http_interactions": [{"request": {"body": "", "headers": {"Accept": "*/*"},
  "method": "GET", "uri": "https://api.example/meta"}, "response": {"body": {"base64_string":
  "e30=", "encoding": "utf-8"}, "headers": {"status": "200 OK"}, "url":
  "https://api.example/meta", "status_code": 200}, "recorded_at": "2013-12-31T01:04:59"}],
  "recorded_with": "betamax"}"""


def test_the_first_cassettes_of_betamax_are_read() -> None:
    header, interaction = read(BETAMAX)

    assert header == Header(recorded="2013-12-31", by="betamax")
    asked = Request("GET", "https://api.example/meta", (("accept", "*/*"),), b"")
    assert interaction == Interaction(asked, Response(200, (("status", "200 OK"),), b"{}", 0))


PACKED = "H4sIAAAAAAAAA6tWSs7Iz0xOLVayio6tBQBLnrqtDgAAAA=="
IN_R = [
    "    status: {status_code: 200, category: Success}\n"
    "    body: {encoding: '', file: no, string: '{\"choices\":[]}'}\n",
    f"    status: 200\n    body: {{raw_gzip: {PACKED}}}\n",
    "    status: 200\n    body: {base64_string: eyJjaG9pY2VzIjpbXX0=}\n",
]


@pytest.mark.parametrize("response", IN_R)
def test_what_r_writes_is_read(response: str) -> None:
    header, interaction = read(in_r(response, "2026-03-02 09:48:53 GMT"))

    assert header == Header(recorded="2026-03-02", by="vcr/1.2.0")
    expected = Response(200, (), b'{"choices":[]}', duration_ns=0)
    assert interaction == Interaction(Request("POST", URL, (), b"{}"), expected)


DAMAGES = [
    ("uri:", "url:", 3, "the key 'uri' is missing"),
    ("code: 200", "code: fine", 13, "'status': input should be a valid integer"),
    ("!binary |-\n        w6Q=", "!binary |-\n        w6Q", 19, "not base64"),
    ("headers: {}", "headers: 5", 16, "'headers': headers are a mapping or a list, not 5"),
    ("headers: {}", "headers: !ruby/object:Gem::Requirement {}", 16, "the tag '"),
]


@pytest.mark.parametrize(("old", "new", "line", "why"), DAMAGES)
def test_a_damaged_file_is_refused_with_its_place(old: str, new: str, line: int, why: str) -> None:
    assert old in NEW

    with pytest.raises(UnreadableCassette) as caught:
        read(NEW.replace(old, new))

    assert caught.value.why.startswith(why)
    assert caught.value.line == line
