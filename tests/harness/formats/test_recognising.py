"""Which format a file is in, what is said of one that is near to it, and what is imported."""

import base64
import gzip
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import UnreadableCassette
from harness.formats import FORMATS, Source, imported, load, loaded, save
from harness.interactions import Cassette, Header, Interaction, Request, Response

VCRPY = b"""\
interactions:
- request: {method: GET, uri: 'http://x/', headers: {}, body: null}
  response: {status: {code: 200}, headers: {}, body: {string: hello}}
version: 1
"""


def only(data: bytes) -> Interaction:
    [interaction] = loaded(Source(Path("chat.yaml"), data)).interactions
    return interaction


def asking(url: str, beneath: tuple[int, ...] = ()) -> Interaction:
    asked = Request("GET", url, (), b"")
    return Interaction(asked, Response(200, (), b"", duration_ns=0), beneath=beneath)


def test_every_format_has_a_name_of_its_own() -> None:
    assert [form.name for form in FORMATS] == [
        "SSE", "cassetter TOML", "harness", "HAR", "Ruby VCR", "cassetter", "go-vcr", "vcrpy",
        "nock", "exchange",
    ]  # fmt: skip


NEAR = [
    (b"interactons: []\n", 1, "unknown key 'interactons'; did you mean 'interactions'?"),
    (b"a: 1\nhttp_interaction: []\n", 2,
     "unknown key 'http_interaction'; did you mean 'http_interactions'?"),
    (b"version: 1\ninteractions: 5\n", 2, "what is in 'interactions' is not of go-vcr or vcrpy"),
    (b"interactions:\n- {asked: 1}\n", 1, "what is in 'interactions' is not of go-vcr or vcrpy"),
    (b'{"log": []}', 1, "what is in 'log' is not of HAR"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "line", "why"), NEAR)
def test_a_file_that_is_near_to_a_format_is_told_what_is_wrong(
    data: bytes, line: int, why: str
) -> None:
    with pytest.raises(UnreadableCassette) as caught:
        only(data)

    known = ", ".join(form.name for form in FORMATS)
    assert caught.value.why == f"not a cassette in a format known here ({known}): {why}"
    assert caught.value.line == line


def test_a_file_that_is_packed_is_read_as_it_is() -> None:
    packed = gzip.compress(VCRPY.replace(b"interactions:\n", b"interactions:\n\n"))

    assert only(packed) == only(VCRPY)


DAMAGES = [
    (gzip.compress(VCRPY)[:-9], "packed with gzip, and cut off"),
    (b"\x1f\x8b" + VCRPY, "packed with gzip, and damaged"),
    (gzip.compress(bytes(300 * 2**20)), "it unpacks to too much"),
]


@pytest.mark.parametrize(("data", "why"), DAMAGES, ids=["cut off", "damaged", "a bomb"])
def test_a_packed_file_that_can_not_be_unpacked_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(UnreadableCassette, match=why):
        only(data)


def test_a_body_that_decompresses_to_too_much_stays_as_it_is() -> None:
    bomb = gzip.compress(bytes(300 * 2**20))
    binary = b"string: !!binary " + base64.b64encode(bomb)
    tree = VCRPY.replace(b"string: hello", binary).replace(
        b"200}, headers: {}", b"200}, headers: {content-encoding: gzip}"
    )

    answered = only(tree).response

    assert answered == Response(200, (("content-encoding", "gzip"),), bomb, duration_ns=0)


def test_json_that_is_not_utf_8_is_refused_with_its_place() -> None:
    with pytest.raises(UnreadableCassette, match="not UTF-8") as caught:
        only(b'[\n {"request": "\xc3\xa9\xff"}]')

    assert (caught.value.line, caught.value.column) == (2, 16)


def test_json_with_a_mark_of_its_byte_order_is_json() -> None:
    marked = b'\xef\xbb\xbf{\n\t"request": {"url": "http://x/"},\n\t"response": {"body": "a"}}'

    assert only(marked).response == Response(200, (), b"a", duration_ns=0)


def test_a_cassette_of_ours_may_have_a_mark_of_its_byte_order(tmp_path: Path) -> None:
    path = tmp_path / "chat.yaml"
    save(path, Cassette(interactions=(asking("http://a/"),)))

    assert only(b"\xef\xbb\xbf" + path.read_bytes()) == asking("http://a/")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)

    for path in (pipe, tmp_path):
        with pytest.raises(UnreadableCassette, match="it is no file"):
            load(path)


def test_headers_of_one_name_that_stand_apart_are_kept_side_by_side(tmp_path: Path) -> None:
    headers = b"200}, headers: {Set-Cookie: a, Vary: b, set-cookie: c}"
    cassette = loaded(Source(Path("a.yaml"), VCRPY.replace(b"200}, headers: {}", headers)))

    save(tmp_path / "ours.yaml", cassette)

    [interaction] = load(tmp_path / "ours.yaml").interactions
    kept = (("set-cookie", "a"), ("set-cookie", "c"), ("vary", "b"))
    assert interaction.response == Response(200, kept, b"hello", duration_ns=0)


def test_requests_and_responses_in_two_lists_are_read() -> None:
    request = b"{method: GET, uri: 'http://x/', headers: {}, body: null}"
    response = b"{status: {code: 200}, headers: {}, body: {string: hello}}"
    lists = b"requests: [" + request + b"]\nresponses: [" + response + b"]\n"

    assert only(gzip.compress(lists)) == only(VCRPY)


def test_two_lists_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(UnreadableCassette, match="2 requests and 1 responses, so it is not known"):
        only(b"requests: [{}, {}]\nresponses: [{}]\n")


def test_several_files_are_imported_as_one_clean_cassette(tmp_path: Path) -> None:
    theirs, ours = tmp_path / "theirs.yaml", tmp_path / "ours.yaml"
    theirs.write_bytes(VCRPY)
    header = Header("2026-01-01", "agentchat-harness 0.1.0", "scripted", ("test_a",))
    save(ours, Cassette(header, (asking("http://a/"), asking("client", beneath=(1,)))))

    cassette = imported([theirs, ours], renamed)

    first = only(VCRPY)
    expected = (first, asking("http://a/"), asking("client", beneath=(2,)))
    assert cassette.interactions == tuple(renamed(each) for each in expected)
    by = "vcrpy, agentchat-harness 0.1.0"
    assert cassette.header == Header("2026-01-01", by, "scripted", ("test_a",))


def renamed(interaction: Interaction) -> Interaction:
    return replace(interaction, test="clean")


def test_a_file_that_can_not_be_read_stops_an_import(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCassette, match="No such file"):
        imported([tmp_path / "gone.yaml"], renamed)


def test_an_imported_cassette_is_one_of_ours(tmp_path: Path) -> None:
    theirs, ours = tmp_path / "theirs.yaml", tmp_path / "ours.yaml"
    theirs.write_bytes(VCRPY)
    cassette = imported([theirs], lambda interaction: interaction)

    save(ours, cassette)

    assert load(ours) == cassette
