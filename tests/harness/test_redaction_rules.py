"""What a project declares to be secret of its own."""

import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import UsageError
from harness.formats import load
from harness.interactions import Request
from harness.redaction import (
    ByHeader,
    ByParameter,
    ByPattern,
    ByPointer,
    Redactor,
    Rule,
    parse_rule,
)
from harness.session import CassetteSession, RecordMode

EMAIL = ByPattern(r"\w+@[\w.]+\w", "email")
URL = "https://api.openai.com/v1/chat/completions"


def redacted(body: Any, *rules: Rule) -> Any:
    data = Redactor(rules=rules).body(json.dumps(body).encode())
    return json.loads(data)


def test_a_pattern_is_redacted_in_every_text_and_json_stays_json() -> None:
    arguments = json.dumps({"to": "bob@x.test", "text": 'say "hi"\nbob@x.test'})
    body = {"a": "Hello\nbob@x.test, or\tann@y.test", "b": [{"arguments": arguments}], "c": 1}

    clean = redacted(body, EMAIL)

    assert clean["a"] == "Hello\n<secret:email>, or\t<secret:email>"
    assert json.loads(clean["b"][0]["arguments"]) == {
        "to": "<secret:email>",
        "text": 'say "hi"\n<secret:email>',
    }


def test_a_pattern_may_not_reach_over_the_borders_of_a_text() -> None:
    body = {"a": "one", "b": ["two", 3, None]}

    assert redacted(body, ByPattern(".+", "all")) == {
        "<secret:all>": ["<secret:all>", "<secret:all>", None]
    }


def test_a_part_of_a_pattern_that_need_not_be_there_is_none_where_it_is_not() -> None:
    rule = ByPattern(r"id=(?P<secret>\d+)?", "id")

    assert redacted(["id=7 id= id=8"], rule) == ["id=<secret:id> id= id=<secret:id>"]


def test_a_number_is_redacted_where_the_pattern_matches_it_wholly() -> None:
    card = ByPattern(r"\d{16}", "card")

    assert redacted({"a": 4111111111111111, "b": 411}, card) == {"a": "<secret:card>", "b": 411}


def test_of_a_pattern_with_a_group_only_that_goes() -> None:
    rule = ByPattern(r"ticket (?P<secret>\d+)", "ticket")

    assert redacted({"a": "see ticket 123 of 456"}, rule) == {
        "a": "see ticket <secret:ticket> of 456"
    }


def test_a_pattern_is_found_in_what_a_stream_says_word_by_word() -> None:
    stream = b"".join(
        b"data: %b\n\n" % json.dumps({"delta": {"content": part}}).encode()
        for part in ("ask bo", "b@x.te", "st now")
    )

    clean = Redactor(rules=[EMAIL]).body(stream).splitlines()

    assert [json.loads(line[6:])["delta"]["content"] for line in clean if line] == [
        "ask <secret:email>",
        "",
        " now",
    ]


def test_a_pattern_is_found_in_addresses_and_forms() -> None:
    redactor = Redactor(rules=[EMAIL])

    assert redactor.text("https://x.test/?q=bob%40x.test&a=1") == (
        "https://x.test/?q=<secret:email>&a=1"
    )
    assert redactor.body(b"to=bob%40x.test&a=1") == b"to=<secret:email>&a=1"


def test_what_a_pointer_leads_to_is_redacted_whatever_it_is() -> None:
    body = {"users": [{"id": 7, "name": "Bob"}, {"id": {"a": [1]}, "name": "Ann"}]}

    assert redacted(body, ByPointer("/users/*/id", "id")) == {
        "users": [{"id": "<secret:id>", "name": "Bob"}, {"id": "<secret:id>", "name": "Ann"}]
    }


def test_nothing_but_the_part_changes_in_the_bytes() -> None:
    body = '{ "ü/b" : {"c":[ 1,\t2 ]},\n "d":"Ü" }'.encode()

    clean = Redactor(rules=[ByPointer("/ü~1b/c/1", "two")]).body(body)

    assert clean.decode() == '{ "ü/b" : {"c":[ 1,\t"<secret:two>" ]},\n "d":"Ü" }'


FIELDS = [
    ("/api_key", b"a=1&api_key=x%2Fy&b=2", b"a=1&api_key=<secret:it>&b=2"),
    ("/tag/1", b"tag=x&tag=y", b"tag=x&tag=<secret:it>"),
    ("/tag", b"tag=x&tag=y", b"tag=<secret:it>&tag=<secret:it>"),
    ("/*", b"a=1&b%20b=2", b"a=<secret:it>&b%20b=<secret:it>"),
    ("/a~1b", b"a%2Fb=1", b"a%2Fb=<secret:it>"),
    ("/tag", b"it is tag=x", b"it is tag=x"),
]


@pytest.mark.parametrize(("pointer", "body", "clean"), FIELDS)
def test_a_pointer_leads_to_the_field_of_a_form(pointer: str, body: bytes, clean: bytes) -> None:
    redactor = Redactor(rules=[ByPointer(pointer, "it")])

    assert redactor.body(body) == clean
    assert redactor.body(clean) == clean


def upload(key: bytes, name: bytes, content: bytes) -> bytes:
    return (
        b'--b7\r\nContent-Disposition: form-data; name="api_key"\r\n\r\n%b\r\n'
        b'--b7\r\nContent-Disposition: form-data; name="file"; filename="%b"\r\n'
        b"Content-Type: text/plain\r\n\r\n%b\r\n--b7--\r\n"
    ) % (key, name, content)


PARTS = [
    ("/api_key", upload(b"<secret:it>", b"a.txt", b"two\r\nlines")),
    ("/file/filename", upload(b"\xff", b"<secret:it>", b"two\r\nlines")),
    ("/file/content", upload(b"\xff", b"a.txt", b"<secret:it>")),
    ("/other", upload(b"\xff", b"a.txt", b"two\r\nlines")),
]


@pytest.mark.parametrize(("pointer", "clean"), PARTS)
def test_a_pointer_leads_to_the_part_of_an_upload(pointer: str, clean: bytes) -> None:
    redactor = Redactor(rules=[ByPointer(pointer, "it")])

    assert redactor.body(upload(b"\xff", b"a.txt", b"two\r\nlines")) == clean


def test_a_header_is_a_secret_wherever_its_value_stands(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    request = Request("POST", URL, (("x-tenant", "red-4711-b"),), b'{"a":"I am red-4711-b."}')

    with CassetteSession(path, mode=RecordMode.ALL, redact=[ByHeader("X-Tenant")]) as session:
        recording = session.record(request)
        recording.answered(200, ())
        recording.received(b"{}")
        recording.ended("complete")

    assert load(path).interactions[0].request.body == b'{"a":"I am <secret:x-tenant>."}'


def test_a_parameter_is_redacted_in_addresses() -> None:
    redactor = Redactor(rules=[ByParameter("Session")])

    assert redactor.text("https://x.test/?session=a&b=1") == (
        "https://x.test/?session=<secret:parameter>&b=1"
    )


def test_with_a_key_two_secrets_are_told_apart_and_without_one_nothing_can_be_guessed() -> None:
    texts = ("bob@x.test", "ann@x.test")
    one, other = (Redactor(rules=[EMAIL], key="a key").text(text) for text in texts)

    assert one != other
    assert one != Redactor(rules=[EMAIL], key="another key").text("bob@x.test")
    assert {Redactor(rules=[EMAIL]).text(text) for text in texts} == {"<secret:email>"}


def test_redacting_twice_changes_nothing_more() -> None:
    rules: list[Rule] = [ByPattern("[a-z]+", "word"), ByPointer("/a", "a")]
    redactor = Redactor(rules=rules, key="a key")

    once = redactor.body(b'{"a": 1, "b": "some words"}')

    assert redactor.body(once) == once


def test_the_session_redacts_by_rule_and_plays_what_it_redacted(tmp_path: Path) -> None:
    path, rules = tmp_path / "a.yaml", [EMAIL]
    asked = [
        Request("POST", URL, (), json.dumps({"to": f"{name}@x.test"}).encode())
        for name in ("bob", "ann")
    ]
    with CassetteSession(path, mode=RecordMode.ALL, redact=rules) as session:
        for number, each in enumerate(asked):
            recording = session.record(each)
            recording.answered(200, ())
            recording.received(b'{"n":%d}' % number)
            recording.ended("complete")

    session = CassetteSession(path, redact=rules)
    playing = [session.play(each) for each in asked]

    assert b"x.test" not in path.read_bytes()
    assert [each is not None and each.number for each in playing] == [1, 2]


TEXTS = [
    (r"pattern:\w+@[\w.]+\w -> email", EMAIL),
    ("pattern: a -> b -> arrow", ByPattern("a -> b", "arrow")),
    ("pointer:/users/*/id -> id", ByPointer("/users/*/id", "id")),
    ("header:X-Tenant", ByHeader("X-Tenant")),
    ("query: session", ByParameter("session")),
]


@pytest.mark.parametrize(("text", "rule"), TEXTS)
def test_a_rule_is_declared_by_a_line_of_text(text: str, rule: Rule) -> None:
    assert parse_rule(text) == rule


WRONG = [
    ("patern:a -> b", "'patern:a -> b' is no rule for redaction. Did you mean 'pattern'"),
    ("pattern:a", "'pattern:a' is no rule for redaction. Written are: pattern:"),
    ("pattern:( -> b", r"'\(' is not a regular expression: missing \)"),
    ("pattern:a -> my email", "'my email' can't name a secret; use letters, digits"),
    ("pointer:user -> b", "'user' is not a JSON pointer; it begins with a slash, as in '/user'"),
    ("header:", "'header:' is no rule for redaction"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_a_line_that_declares_nothing_says_what_is_near(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_rule(text)
