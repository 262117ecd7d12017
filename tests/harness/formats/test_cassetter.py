"""cassetter's YAML and TOML: bodies with a type."""

from pathlib import Path

import pytest

from harness.errors import UnreadableCassette
from harness.formats import Source, loaded
from harness.interactions import Cassette, Header, Interaction, Request, Response

URL = "https://api.openai.com/v1/chat/completions"
JSON = (("content-type", "application/json"),)
YAML = f"""\
version: 1
interactions:
- request:
    method: POST
    uri: {URL}
    headers:
      content-type:
      - application/json
    body:
      type: json
      content:
        model: gpt-4o
  response:
    status: 200
    headers:
      content-type:
      - application/json
    body:
      type: text
      content: |-
        one
        two
  recorded_at: 2026-01-02T03:04:05+00:00
"""
TOML = f"""\
version = 1

[[interactions]]
recorded_at = "2026-01-02T03:04:05+00:00"

[interactions.request]
method = "POST"
uri = "{URL}"
body_type = "json"
body_content = '{{"model":"gpt-4o"}}'

[interactions.request.headers]
content-type = ["application/json"]

[interactions.response]
status = 200
body_type = "text"
body_content = '''
one
two'''

[interactions.response.headers]
content-type = ["application/json"]
"""


def read(text: str) -> Cassette:
    return loaded(Source(Path("chat.cassette"), text.encode()))


@pytest.mark.parametrize("text", [YAML, TOML], ids=["YAML", "TOML"])
def test_a_cassette_is_read_with_its_day(text: str) -> None:
    expected = Interaction(
        Request("POST", URL, JSON, b'{"model":"gpt-4o"}'), Response(200, JSON, b"one\ntwo", 0)
    )

    assert read(text) == Cassette(Header(recorded="2026-01-02"), (expected,))


BODIES = [
    ("type: text\n      content: |-\n        one\n        two", "type: binary\n      content: ff00",
     b"\xff\x00"),
    ("type: text\n      content: |-\n        one\n        two", "type: none", b""),
    ("type: text\n      content: |-\n        one\n        two",
     "type: json\n      content: [1.5, null]", b"[1.5,null]"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "body"), BODIES)
def test_a_body_is_read_in_every_type(old: str, new: str, body: bytes) -> None:
    assert old in YAML

    [interaction] = read(YAML.replace(old, new)).interactions

    assert interaction.response == Response(200, JSON, body, duration_ns=0)


def test_toml_is_no_yaml_even_where_it_could_be() -> None:
    text = TOML.replace('{"model":"gpt-4o"}', '{"model": "gpt-4o"}')

    [interaction] = read(text).interactions

    assert interaction.request.body == b'{"model": "gpt-4o"}'


DAMAGES = [
    (YAML.replace("type: text", "type: xml"), 13, "'response': no body has the type 'xml'"),
    (YAML.replace("status: 200", "status: fine"), 14, "'status': input should be a valid integer"),
    (TOML.replace("version = 1", "version = "), 1, "invalid value"),
    (TOML.replace(f'uri = "{URL}"\n', ""), 1, "the key 'uri' is missing"),
]


@pytest.mark.parametrize(("text", "line", "why"), DAMAGES)
def test_a_damaged_cassette_is_refused(text: str, line: int, why: str) -> None:
    with pytest.raises(UnreadableCassette) as caught:
        read(text)

    assert (caught.value.why[: len(why)].lower(), caught.value.line) == (why.lower(), line)
