"""Laws of redaction: nothing secret stays, nothing else goes, and once is enough."""

import base64
import html
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.interactions import Request
from harness.matching import Matcher
from harness.redaction import ByPattern, ByPointer, Redactor, Replacing
from harness.session import CassetteSession, RecordMode

KNOWN = {
    "authorization": "Zx9-quite/secret+value==",
    "DB_PASSWORD": 'pässword 1 with "quotes"',
    "SHORT_KEY": "hunter22",
}
BY_FORM = (
    "sk-proj-abc123DEF456ghi789JKL",
    "AKIAIOSFODNN7EXAMPLE",
    "ghp_0123456789abcdefghijABCDEFGHIJ012345",
    "AIzaSyA0123456789abcdefghijklmnopqrstuv",
    "xoxb-123456789012-abcdefghij",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    "org-abcdEFGH1234ijklMNOP5678",
    "proj_abcdEFGH1234ijklMNOP5678",
    "user_2abcdEFGH1234ijklMNOP5678",
)
REDACTOR = Redactor(KNOWN)

SPELLINGS = (
    lambda value: value,
    lambda value: json.dumps(value)[1:-1],
    lambda value: quote(value, safe=""),
    lambda value: base64.b64encode(b"ab" + value.encode()).decode(),
    lambda value: base64.urlsafe_b64encode(value.encode()).decode(),
    lambda value: quote(quote(value, safe=""), safe=""),
    lambda value: html.escape(value),
    lambda value: "".join(f"&#{ord(character)};" for character in value),
    lambda value: value.encode().hex().upper(),
    lambda value: value[::-1],
)
SECRET = st.sampled_from(BY_FORM) | st.builds(
    lambda value, spelling: spelling(value),
    st.sampled_from(list(KNOWN.values())),
    st.sampled_from(SPELLINGS),
)
HARMLESS = st.sampled_from(
    [
        "Hello, ",
        "user_preferences",
        " sk-learn ",
        "\n",
        '"',
        "org-chart",
        "{",
        "data: ",
        " 7 ",
        "é😀",
    ]
)
TEXT = st.lists(HARMLESS | SECRET, max_size=8).map(" ".join)


@st.composite
def cut(draw: st.DrawFn, data: st.SearchStrategy[bytes]) -> list[bytes]:
    """The bytes in pieces, cut anywhere."""
    whole = draw(data)
    borders = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=5)))
    return [whole[a:b] for a, b in zip([0, *borders], [*borders, len(whole)], strict=True)]


def streamed(text: str, size: int) -> bytes:
    """A model's stream of events that says the text a few characters at a time."""
    deltas = [text[start : start + size] for start in range(0, len(text), size)]
    events = [{"choices": [{"index": 0, "delta": {"content": delta}}]} for delta in deltas]
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)


def said(stream: bytes) -> str:
    events = [json.loads(line[6:]) for line in stream.splitlines() if line]
    return "".join(event["choices"][0]["delta"]["content"] for event in events)


def nested(text: str) -> bytes:
    return json.dumps({"a": [{"b": text, "inner": json.dumps({"c": text})}]}).encode()


BODY = st.one_of(
    TEXT.map(str.encode),
    TEXT.map(nested),
    st.builds(streamed, TEXT, st.integers(1, 9)),
    st.binary(max_size=20),
)


@given(cut(BODY))
def test_redacting_twice_changes_nothing_more(pieces: list[bytes]) -> None:
    once = REDACTOR.pieces(pieces)

    assert REDACTOR.pieces(once) == once
    assert REDACTOR.body(b"".join(once)) == b"".join(once)


ANY_TEXT = st.text(max_size=30) | st.from_regex(r"[\\%&=u0-9a-f:;/?@{}\[\]\",-]{0,30}")


@given(st.binary(max_size=60), st.lists(st.tuples(ANY_TEXT, ANY_TEXT), max_size=3))
def test_whatever_is_sent_is_redacted_and_once_is_enough(
    body: bytes, headers: list[tuple[str, str]]
) -> None:
    redactor = Redactor(KNOWN)
    redactor.learn(headers)

    clean = redactor.body(body), redactor.headers(headers)

    assert (redactor.body(clean[0]), redactor.headers(clean[1])) == clean
    assert [name for name, _ in clean[1]] == [name for name, _ in headers]


@given(cut(BODY))
def test_pieces_stay_as_many_and_say_what_the_whole_would(pieces: list[bytes]) -> None:
    redacted = REDACTOR.pieces(pieces)

    assert len(redacted) == len(pieces)
    assert b"".join(redacted) == REDACTOR.body(b"".join(pieces))


@given(SECRET, cut(st.builds(streamed, TEXT, st.integers(1, 9))))
def test_a_secret_never_stays_however_it_is_spelled_or_cut(
    secret: str, around: list[bytes]
) -> None:
    stream = streamed(f" It is {secret} .", 3)

    redacted = REDACTOR.pieces([*around, *(bytes([byte]) for byte in stream)])

    assert secret not in said(b"".join(redacted))


@given(SECRET)
def test_a_secret_never_stays_at_any_depth_of_json(secret: str) -> None:
    redacted = json.loads(REDACTOR.body(nested(f"It is\n{secret} .")))

    part = redacted["a"][0]
    assert secret not in part["b"]
    assert secret not in json.loads(part["inner"])["c"]


@given(st.lists(HARMLESS, max_size=8).map(" ".join))
def test_what_is_no_secret_stays(text: str) -> None:
    for body in (text.encode(), nested(text), streamed(text, 4)):
        assert REDACTOR.body(body) == body


@given(st.text(max_size=20), st.sampled_from(["/tmp/run-7", "/tmp/ä b"]), st.integers(1, 9))
def test_a_replaced_text_comes_back(text: str, folder: str, size: int) -> None:
    there, back = Replacing({folder: "<workdir>"}), Replacing({"<workdir>": folder})
    body = json.dumps({"a": f"{folder}/a {text} {folder}"}, ensure_ascii=False).encode(
        errors="replace"
    )

    replaced = there.body(body)

    assert folder.encode() not in replaced
    assert back.body(replaced) == body
    assert "<workdir>/a" in said(there.body(streamed(f"see {folder}/a", size)))


OTHER_SECRETS = st.builds(
    "{}{}".format,
    st.sampled_from(["sk-proj-1", "org-1", "proj_1", "AIza1", "ghp_1"]),
    st.text("abc123XYZ", min_size=34, max_size=34),
)
TEXTS = st.lists(HARMLESS | OTHER_SECRETS, max_size=4).map(" ".join)


@given(TEXTS, TEXTS)
def test_two_requests_are_told_apart_just_as_they_were_before(one: str, other: str) -> None:
    url = "https://api.openai.com/v1/responses"
    requests = [
        Request("POST", url, (), REDACTOR.body(json.dumps({"input": text}).encode()))
        for text in (one, other)
    ]

    digests = {Matcher().digest(request) for request in requests}

    assert len(digests) == len({one, other})


VALUE = st.recursive(
    TEXT | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
        | inner.map(json.dumps)
    ),
    max_leaves=6,
)
RULES = (ByPattern(r"\w+", "word"), ByPattern(r"[\"{}\\]", "sign"), ByPointer("/a/*", "part"))


def shape(value: Any) -> Any:
    """What stays of a value whatever is redacted in it."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else None


@given(VALUE, st.sampled_from([None, 2]), st.booleans())
def test_json_stays_json_of_the_same_shape(
    value: Any, indent: int | None, ascii_alone: bool
) -> None:
    body = json.dumps([value], indent=indent, ensure_ascii=ascii_alone).encode(errors="replace")

    assert shape(json.loads(REDACTOR.body(body))) == shape([value])


@given(VALUE)
def test_under_any_rule_json_stays_json_and_once_is_enough(value: Any) -> None:
    redactor = Redactor(KNOWN, RULES, key="a key")

    once = redactor.body(json.dumps({"a": value}).encode())

    json.loads(once)
    assert redactor.body(once) == once


@given(TEXT, st.integers(1, 9))
def test_a_stream_keeps_its_events(text: str, size: int) -> None:
    stream = streamed(text, size)
    pieces = [line + b"\n" for line in stream.split(b"\n")]

    redacted = REDACTOR.pieces(pieces)

    events = [json.loads(piece[6:]) for piece in redacted if piece.startswith(b"data:")]
    assert len(redacted) == len(pieces)
    assert len(events) == stream.count(b"data: {")


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXTS, max_size=4, unique=True).flatmap(
    lambda texts: st.tuples(st.just(texts), st.permutations(texts))
))  # fmt: skip
def test_each_request_gets_its_own_answer_whatever_is_secret_in_it(
    conversation: tuple[list[str], list[str]],
) -> None:
    texts, shuffled = conversation
    with TemporaryDirectory() as folder:
        path = Path(folder, "law.yaml")
        with CassetteSession(path, mode=RecordMode.ONCE) as session:
            for text in texts:
                recording = session.record(request(text))
                recording.answered(200, ())
                recording.received(b"{}")
                recording.ended("complete")
        session = CassetteSession(path)
        played = [session.play(request(text)) for text in shuffled]

    assert [each.number - 1 for each in played if each] == [texts.index(text) for text in shuffled]


def request(text: str) -> Request:
    body = json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": text}]})
    return Request("POST", "https://api.openai.com/v1/chat/completions", (), body.encode())
