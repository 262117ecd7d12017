"""Laws of redaction: nothing secret stays, nothing else goes, and once is enough."""

import base64
import json
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from harness.redaction import Redactor, Replacing

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
