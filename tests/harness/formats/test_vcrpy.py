"""vcrpy's layouts, from the first to the newest, and those of its plugins."""

import base64
import gzip
import json
import zlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.errors import UnreadableCassette
from harness.formats import Source, load, loaded
from harness.interactions import Header, Interaction, Request, Response

URL = "https://api.openai.com/v1/chat/completions"
ASKED = {"messages": [{"role": "user", "content": "Hi"}]}
ASKED_TEXT = json.dumps(ASKED, separators=(",", ":"))
SAID = b'{"choices":[]}'


def file(request: Any, response: Any) -> bytes:
    tree = {"interactions": [{"request": request, "response": response}]}
    return yaml.safe_dump(tree, sort_keys=False).encode()


def asking(**parts: Any) -> dict[str, Any]:
    return {"method": "POST", "uri": URL, "headers": {"Accept": ["*/*"]}, **parts}


def answering(**parts: Any) -> dict[str, Any]:
    return {"status": {"code": 200, "message": "OK"}, "headers": {}, **parts}


def only(data: bytes) -> Interaction:
    [interaction] = loaded(Source(Path("chat.yaml"), data)).interactions
    return interaction


REQUESTS = [
    pytest.param({"body": ASKED_TEXT}, id="text"),
    pytest.param({"body": ASKED_TEXT.encode()}, id="binary"),
    pytest.param({"body": {"string": ASKED_TEXT}}, id="text in a mapping"),
    pytest.param({"body": ASKED}, id="structured"),
    pytest.param({"parsed_body": ASKED}, id="parsed"),
]


@pytest.mark.parametrize("parts", REQUESTS)
def test_a_request_body_is_read_in_every_form(parts: dict[str, Any]) -> None:
    interaction = only(file(asking(**parts), answering(body={"string": ""})))

    assert interaction.request == Request("POST", URL, (("accept", "*/*"),), ASKED_TEXT.encode())


RESPONSES = [
    pytest.param({"body": {"string": SAID.decode()}}, (), id="text"),
    pytest.param({"body": {"string": SAID}}, (), id="binary"),
    pytest.param({"body": {"base64_string": base64.b64encode(SAID).decode()}}, (), id="base64"),
    pytest.param({"parsed_body": json.loads(SAID)}, (), id="parsed"),
    pytest.param({"body": {"string": gzip.compress(SAID)}}, ("gzip",), id="gzip"),
    pytest.param({"body": {"string": zlib.compress(SAID)}}, ("deflate",), id="deflate"),
    pytest.param({"body": {"string": SAID}}, ("gzip",), id="decompressed, the header forgotten"),
    pytest.param({"body": {"string": SAID}}, ("br",), id="decompressed, with an unknown method"),
    pytest.param({"body": {"string": gzip.compress(SAID)}}, (), id="gzip, the header lost"),
    pytest.param({"body": {"string": zlib.compress(SAID)}}, (), id="deflate, the header lost"),
    pytest.param({"body": {"string": gzip.compress(SAID).decode("latin-1")}}, ("gzip",),
                 id="gzip, its bytes taken for characters"),
    pytest.param({"body": {"string": SAID, "encoding": "", "file": "no"}}, (), id="with a file"),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "encodings"), RESPONSES)
def test_a_response_body_is_read_in_every_form(
    parts: dict[str, Any], encodings: tuple[str, ...]
) -> None:
    headers = {"Content-Type": ["application/json"], "Content-Length": ["999"]}
    if encodings:
        headers["Content-Encoding"] = list(encodings)

    interaction = only(file(asking(body=""), answering(**parts) | {"headers": headers}))

    expected = Response(200, (("content-type", "application/json"),), SAID, duration_ns=0)
    assert interaction.response == expected


JOINED = [
    (b"5\r\nhello\r\n1;a=b\r\n!\r\n0\r\nX-Trailer: a\r\n\r\n", b"hello!"),
    (b"5\r\nhello\r\n", b"5\r\nhello\r\n"),
    (b"9\r\nhello\r\n0\r\n\r\n", b"9\r\nhello\r\n0\r\n\r\n"),
    (b"hello", b"hello"),
    (b"", b""),
]


@pytest.mark.parametrize(("stored", "body"), JOINED)
def test_the_pieces_of_http_are_put_together_where_they_are_whole(
    stored: bytes, body: bytes
) -> None:
    parts = {"headers": {"transfer-encoding": ["chunked"]}, "body": {"string": stored}}

    interaction = only(file(asking(body=""), answering(**parts)))

    assert interaction.response == Response(200, (), body, duration_ns=0)


def test_a_packed_file_that_was_downloaded_stays_packed() -> None:
    packed = gzip.compress(SAID)
    parts = {"headers": {"content-type": ["application/gzip"]}, "body": {"string": packed}}

    interaction = only(file(asking(body=""), answering(**parts)))

    headers = (("content-type", "application/gzip"),)
    assert interaction.response == Response(200, headers, packed, duration_ns=0)


def test_a_text_that_begins_as_if_it_was_packed_is_a_text() -> None:
    parts = {"headers": {"content-type": ["text/plain"]}, "body": {"string": b"x\x01 marks"}}

    interaction = only(file(asking(body=""), answering(**parts)))

    headers = (("content-type", "text/plain"),)
    assert interaction.response == Response(200, headers, b"x\x01 marks", duration_ns=0)


STATUSES = [{"status": 404}, {"status": "404 Not Found"}, {"status": {"code": "404"}},
            {"status": [404, "Not Found"]}, {"status_code": 404}]  # fmt: skip


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_is_read_in_every_form(status: dict[str, Any]) -> None:
    answered = only(file(asking(body=""), {"headers": {}, **status})).response

    assert answered == Response(404, (), b"", duration_ns=0)


def test_what_can_not_be_decompressed_stays_as_it_is_and_says_so() -> None:
    packed = b"\x1b\x0c\x00\xf8\xff"
    parts = {"headers": {"content-encoding": ["lzma"]}, "body": {"string": packed}}

    interaction = only(file(asking(body=""), answering(**parts)))

    headers = (("content-encoding", "lzma"),)
    assert interaction.response == Response(200, headers, packed, duration_ns=0)


@pytest.mark.parametrize("body", [{"type": "message"}, {"type": "text", "text": "Hi"}])
def test_a_structured_body_may_have_a_type_of_its_own(body: dict[str, str]) -> None:
    asked = only(file(asking(body=body), answering())).request

    assert asked.body == json.dumps(body, separators=(",", ":")).encode()


def test_the_first_recordings_of_httpx_are_read() -> None:
    response = {"status_code": 201, "content": SAID.decode(), "http_version": "HTTP/1.1"}

    assert only(file(asking(body=""), response)).response == Response(201, (), SAID, 0)


BEFORE_VERSIONS = b"""\
- request: !!python/object:vcr.request.Request
    body: null
    headers: !!python/object/apply:__builtin__.frozenset
    - - !!python/tuple [Accept, '*/*']
    host: example.com
    method: GET
    path: /a?b=1
    port: 8443
    protocol: https
  response:
    body: {string: !!python/unicode 'x'}
    headers: ["content-length: 1\\r\\n", "content-type: text/plain\\r\\n"]
    status: {code: 200, message: OK}
"""


def test_the_layout_from_before_versions_is_read() -> None:
    url = "https://example.com:8443/a?b=1"

    assert only(BEFORE_VERSIONS) == Interaction(
        Request("GET", url, (("accept", "*/*"),), b""),
        Response(200, (("content-type", "text/plain"),), b"x", duration_ns=0),
    )


def test_of_a_key_that_comes_twice_the_last_value_counts_as_in_vcrpy() -> None:
    data = file(asking(body="new"), answering()).replace(b"    body:", b"    body: old\n    body:")

    assert only(data).request.body == b"new"


def test_a_body_in_a_file_of_its_own_is_refused() -> None:
    data = file(asking(body=""), answering(body={"file": True, "string": "body.json"}))

    with pytest.raises(UnreadableCassette, match="the body lies in a file of its own"):
        only(data)


OBJECTS = """
interactions:
- request:
    method: GET
    uri: http://example.com/
    body: null
    headers: &headers
      ? !!python/object/new:multidict._multidict.istr
      - X-Name
      : !!python/tuple [a, b]
  response:
    status: {code: 200, message: OK}
    headers: *headers
    body: {string: !!python/unicode "ä"}
version: 1
"""


def test_the_objects_of_old_recordings_are_read_as_the_texts_they_wrap() -> None:
    interaction = only(OBJECTS.encode())

    headers = (("x-name", "a"), ("x-name", "b"))
    assert interaction.request.headers == headers
    assert interaction.response == Response(200, headers, "ä".encode(), duration_ns=0)


HEADERS = [
    ("!!python/object/apply:multidict._multidict.CIMultiDict [[[X-Name, a], [X-Name, b]]]"),
    ("!!python/object/apply:collections.OrderedDict [[[X-Name, [a, b]]]]"),
    (
        "!!python/object:requests.structures.CaseInsensitiveDict"
        " {_store: {x-name: [X-Name, [a, b]]}}"
    ),
    ("!!python/object/new:vcr.request.HeadersDict {dictitems: {X-Name: [a, b]}}"),
    ("{? !!python/object/new:multidict._multidict.istr [X-Name] : [a, b]}"),
    ("[[X-Name, a], {name: X-Name, value: b}]"),
    ("{X-Name: [[a], [[b]]]}"),
    ("['X-Name: a', 'X-Name: b']"),
]


@pytest.mark.parametrize("headers", HEADERS)
def test_headers_are_read_whatever_object_or_list_they_were(headers: str) -> None:
    plain = OBJECTS.replace("*headers", headers)

    answered = only(plain.encode()).response

    assert answered == Response(200, (("x-name", "a"), ("x-name", "b")), "ä".encode(), 0)


BODIES = [
    ("!!python/object/new:_io.BytesIO {state: !!python/tuple [!!binary w6Q=, 0, null]}"),
    ("!!python/object/apply:builtins.iter {args: [[!!binary w6Q=]]}"),
    ("!!python/object/apply:builtins.iter [[!!binary ww==, !!binary pA==]]"),
    ("!!python/bytes w6Q="),
    ("{base64_string: w6Q=}"),
]


@pytest.mark.parametrize("body", BODIES)
def test_a_body_is_read_whatever_object_it_was(body: str) -> None:
    asked = only(OBJECTS.replace("body: null", f"body: {body}").encode()).request

    assert asked.body == "ä".encode()


REFUSED = [
    "!!python/object/apply:os.system [true]",
    "!!python/object/new:subprocess.Popen [[true]]",
    "!!python/name:os.system",
    "!!python/module:os",
    "!!python/object/new:tests.istr2 [a]",
    "!ruby/object:Gem::Installer {}",
    "!mine {}",
]


@pytest.mark.parametrize("tagged", REFUSED)
def test_no_other_object_is_built(tagged: str) -> None:
    data = OBJECTS.replace("body: null", f"body: {tagged}").encode()

    with pytest.raises(UnreadableCassette, match="a cassette is data, no objects are built from"):
        only(data)


def test_a_status_that_was_an_object_is_read() -> None:
    status = "!!python/object/apply:http.HTTPStatus [404]"

    answered = only(OBJECTS.replace("code: 200", f"code: {status}").encode()).response

    assert isinstance(answered, Response)
    assert answered.status == 404


def test_json_cassettes_are_read(tmp_path: Path) -> None:
    path = tmp_path / "chat.json"
    each = {"request": asking(body=ASKED_TEXT), "response": answering(body={"string": "x"})}
    path.write_text(json.dumps({"interactions": [each], "version": 1}), encoding="utf-8")

    cassette = load(path)

    assert cassette.header == Header(by="vcrpy")
    assert cassette.interactions[0].request.body == ASKED_TEXT.encode()


def test_an_empty_cassette_is_one_with_no_interactions() -> None:
    assert loaded(Source(Path("a.yaml"), b"interactions: []\nversion: 1\n")).interactions == ()


DAMAGES = [
    (file(asking(body=""), {"headers": {}}), 2, "the response has no status"),
    (file(asking(body=""), answering(status={"code": "x"})), 10, "'status': input should be"),
    (file(asking(body=""), answering(body={"base64_string": "?"})), 14, "'body': not base64"),
    (file(asking(body={b"a": 1}), answering()), 8, "'body': JSON can't hold it"),
    (file({"uri": URL}, answering()), 2, "the key 'method' is missing"),
    (file(asking(body_json={}), answering()), 2, "'request': 'body_json' has no meaning that is"),
    (file(asking(), answering(body_blob="x")), 8, "'response': 'body_blob' has no meaning that is"),
]


@pytest.mark.parametrize(("data", "line", "why"), DAMAGES)
def test_a_damaged_recording_is_refused_with_its_place(data: bytes, line: int, why: str) -> None:
    with pytest.raises(UnreadableCassette) as caught:
        only(data)

    assert caught.value.why.startswith(why)
    assert caught.value.line == line
