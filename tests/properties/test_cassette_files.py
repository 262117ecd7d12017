"""Laws of cassette files: what is written reads back, and no bytes whatever do harm."""

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from harness.errors import HarnessError
from harness.formats import Source, loaded
from harness.formats._bodies import COMPACT, from_json
from harness.formats._canonical_reading import read_canonical
from harness.formats._index import _stored
from harness.formats._yaml_reading import read_yaml
from harness.formats._yaml_writing import write_yaml
from harness.formats.own import written
from harness.interactions import (
    Cassette,
    Chunk,
    Failure,
    Header,
    Headers,
    Interaction,
    Request,
    Response,
    Unanswered,
)
from harness.session._cleaning import Cleaning

FILE = Path("cassettes/law.yaml")

# What YAML's writers and readers have stumbled over, alone and put together.
NASTY = st.sampled_from(
    ["a ", " a", "\ta", "a\n", "a\n\n", "\n", " \n", "a\n \n", "a\n  b\n ", "\x85", "a\x85b\nc",
     "😀", "😀\nb", "---", "a\n---\nb", "a\n...\nb", "...", "-", "- a", "?", ": ", "a: b", "a #b",
     "#", "1", "1.0", "1e5", "0x1", "0o7", "1_000", "1:20", "2026-01-01", "yes", "No", "null",
     "~", "", "=", "<<", "!a", "&a", "*a", "|", ">", "%a", "@a", "`a", "[a", "{a", '"a"', "it's",
     "a\r\nb", "\u2028", "\ufeff", "\x7f", "\x00", "\ufffe", "x" * 300, ".inf", "+1", "a\\b\nc\r"]
)  # fmt: skip
TEXT = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    NASTY,
    st.lists(NASTY, max_size=3).map("".join),
)
SCALAR = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT
JSON = st.recursive(
    SCALAR.filter(lambda value: value not in (float("inf"), -float("inf"))),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)


def encodings(value: Any) -> st.SearchStrategy[bytes]:
    """The value as JSON, laid out in whatever way."""
    ways: list[Callable[[Any], str]] = [
        lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False),
        json.dumps,
        lambda value: json.dumps(value, indent=2) + "\n",
        lambda value: json.dumps(value, indent=4, ensure_ascii=False),
        lambda value: f"  {json.dumps(value, indent=1)}\n\n",
    ]
    return st.sampled_from(ways).map(lambda encoded: encoded(value).encode())


BODY = st.one_of(
    st.binary(max_size=20),
    TEXT.map(str.encode),
    JSON.flatmap(encodings),
    st.sampled_from(
        [b'{"a":"\\ud800"}', b'{"a":1,"a":2}', b'{"a":NaN}', b"{}", b"[]", b"\xff\xfe"]
    ),
)
HEADERS: st.SearchStrategy[Headers] = st.dictionaries(
    TEXT, st.lists(TEXT, min_size=1, max_size=2), max_size=2
).map(lambda values: tuple((name, text) for name, texts in values.items() for text in texts))
NANOSECONDS = st.integers(0, 2**62)
FAILURE = st.builds(Failure, TEXT, TEXT)
STREAM = st.lists(st.builds(Chunk, NANOSECONDS, BODY), max_size=3).map(tuple)
RESPONSE = st.one_of(
    st.builds(
        Response,
        st.integers(100, 599),
        HEADERS,
        BODY | STREAM,
        NANOSECONDS,
        st.sampled_from(["complete", "stopped"]) | FAILURE,
    ),
    st.builds(Unanswered, st.just("stopped") | FAILURE, NANOSECONDS),
)
INTERACTION = st.builds(
    Interaction,
    st.builds(Request, TEXT, TEXT, HEADERS, BODY),
    RESPONSE,
    st.lists(TEXT, max_size=2).map(tuple),
    TEXT,
    st.lists(st.integers(1, 9), max_size=2).map(tuple),
)
CASSETTE = st.builds(
    Cassette,
    st.builds(
        Header,
        TEXT,
        TEXT,
        st.sampled_from(["live", "scripted"]),
        st.lists(TEXT, max_size=2).map(tuple),
    ),
    st.lists(INTERACTION, max_size=3).map(tuple),
)


@given(CASSETTE)
def test_what_is_written_reads_back_and_is_written_the_same_again(cassette: Cassette) -> None:
    data = written(cassette)

    again = loaded(Source(FILE, data))

    assert again == cassette
    assert written(again) == data


SENT = st.tuples(st.sampled_from(["set-cookie", "Set-Cookie", "content-type"]), TEXT)


@given(st.lists(SENT, max_size=4).map(tuple))
def test_headers_in_whatever_order_are_recorded(headers: Headers) -> None:
    interaction = Interaction(Request("GET", "", headers, b""), Response(200, headers, b"", 0))
    cassette = Cassette(interactions=(Cleaning({}, {}).interaction(interaction),))

    assert loaded(Source(FILE, written(cassette))) == cassette


@given(st.dictionaries(TEXT, JSON, max_size=3))
def test_every_yaml_reader_finds_the_value_that_was_written(value: dict[str, Any]) -> None:
    data = write_yaml(value)

    readings = [
        read_yaml(data),
        read_yaml(data, libyaml=False),
        yaml.load(data, yaml.SafeLoader),
        yaml.load(data, yaml.CSafeLoader),
    ]

    # As JSON: 1 and 1.0, or True and 1, are equal in Python.
    assert {json.dumps(reading or {}) for reading in readings} == {json.dumps(value)}


EDITS = st.sampled_from(
    ["", " ", "  ", "- ", "#", "# x\n", ": ", ":", "'", '"', "|", "|-", "|2", "|+\n", "\\", "\n",
     "\n\n", "\t", "{}", "[]", "null", "~", "0", "-0", "1.0", "1e5", "é", "\x85", "\u2028",
     "\ufeff", "...\n", "---\n", "?", "&a", "*a", "!!str ", "<<: ", "\r", "\x00", "a: b\n",
     "- - a\n", "x" * 300, "\n- ", "\n...\n", '"a\n- b"', "  # x\n", "{", "]"]
)  # fmt: skip


@given(CASSETTE.map(written), st.lists(st.tuples(st.integers(0), EDITS, st.integers(0, 3))))
@settings(max_examples=400)
def test_the_fast_reader_finds_what_the_other_finds_or_leaves_it(
    data: bytes, edits: list[tuple[int, str, int]]
) -> None:
    for start, text, length in edits:
        place = start % len(data)
        data = data[:place] + text.encode() + data[place + length :]

    fast = read_canonical(data)

    assert fast is None or as_json(fast) == as_json(read_yaml(data))


@given(CASSETTE)
def test_the_fast_reader_reads_what_the_writer_writes(cassette: Cassette) -> None:
    data = written(cassette)

    fast = read_canonical(data)

    # Very long keys have a line of their own, and are left to the other.
    assert as_json(fast) == as_json(read_yaml(data)) or b"? " in data


@given(CASSETTE)
def test_what_is_kept_of_a_reading_is_what_was_read(cassette: Cassette) -> None:
    content = _stored().dump_json((cassette,))

    assert _stored().validate_json(content) == (cassette,)


def as_json(file: Any) -> str:
    """What a file says, bodies laid out, as text: in Python, 1 and 1.0 are equal."""
    interactions = file.get("interactions") if isinstance(file, dict) else None
    for interaction in interactions if isinstance(interactions, list) else ():
        for name in ("request", "response"):
            message = interaction.get(name) if isinstance(interaction, dict) else None
            if isinstance(message, dict) and "json" in message:
                # The fast reader puts it last, behind the layout that it needs for it.
                message["json"] = laid_out(message.pop("json"), message.get("layout", COMPACT))
    return json.dumps(file, default=repr)


def laid_out(value: Any, layout: Any) -> Any:
    """A body's text; what is in no layout stays as it is, and is refused later."""
    try:
        return from_json(value, layout).decode()
    except (ValueError, AttributeError):
        return value


LINE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), max_size=12)


@given(st.lists(LINE, min_size=2, max_size=6), LINE, st.integers(0, 5))
def test_one_changed_line_of_a_prompt_is_one_changed_line_of_the_file(
    lines: list[str], other: str, place: int
) -> None:
    place %= len(lines)
    changed = [*lines[:place], other, *lines[place + 1 :]]

    before, after = (file_lines(lines), file_lines(changed))

    assume(form_of(before) == form_of(after))
    assert len(before) == len(after)
    differing = [one for one, two in zip(before, after, strict=True) if one != two]
    assert len(differing) == (other != lines[place])


def file_lines(prompt: list[str]) -> list[str]:
    text = "\n".join(prompt)
    tree = {"messages": [{"content": text}]}
    body = json.dumps(tree, separators=(",", ":"), ensure_ascii=False).encode()
    asked = Request("POST", "https://api.openai.com/v1/chat/completions", (), body)
    answered = Response(200, (), b"", duration_ns=0)
    return written(Cassette(interactions=(Interaction(asked, answered),))).decode().split("\n")


def form_of(lines: list[str]) -> str:
    """How the text is written: behind `|` with its marks, or between quotes."""
    [line] = [line for line in lines if line.lstrip(" -").startswith("content:")]
    return line.partition(": ")[2][:3] if "|" in line else '"'


PIECES = st.sampled_from(
    ["harness: cassette\n", "version: 1\n", "interactions:\n", "- request:\n", "    method: GET\n",
     "    uri: http://x/\n", "    url: http://x/\n", "  response:\n", "    status: {code: 200}\n",
     "    status: 200\n", "    duration_ns: 1\n", "    body: ", "    headers: ", "{", "[", "]", "}",
     "&a ", "*a", "!!binary ", "!!python/object/apply:os.system [true]", "'", '"', "|\n",
     "origin: live\n", "...\n", "---\n", "? ", ": ", "<<", "\t", "\x00", "é", "[[[[", "1e999",
     "text: 5\n", "code: ", "string: ", "9" * 5000, "true", "null", "-1", "[1]", "{}",
     ",", "\\ud800", "!ruby/object:A ", "&a [*a]", '"', "data: ", "1e400", "NaN"]
)  # fmt: skip
VCRPY = b"""interactions:
- request:
    body: '{"messages": []}'
    headers: {Content-Type: [application/json]}
    method: POST
    uri: https://api.openai.com/v1/chat/completions
  response:
    body: {string: !!binary eyJhIjogMX0=}
    headers: {content-encoding: [gzip]}
    status: {code: 200, message: OK}
version: 1
"""
PARSED = VCRPY.replace(b"body: '", b"parsed_body: '").replace(b"string: ", b"base64_string: ")
GO = VCRPY.replace(b"uri:", b"url:").replace(b"status: {", b"duration: 1.5s\n    code: 200 # {")
RUBY = VCRPY.replace(b"interactions", b"http_interactions").replace(b"POST", b":post")
HAR = b"""{"log": {"creator": {"name": "a"}, "entries": [{"time": 1.5, "startedDateTime": "2026-01",
"request": {"method": "POST", "url": "http://x/", "headers": [{"name": "a", "value": "b"}],
"postData": {"text": "{}"}}, "response": {"status": 200, "headers": [], "content": {"text": "e30=",
"encoding": "base64"}}}]}}"""
EXCHANGE = b"""{"request": {"model": "m", "messages": [{}]}, "response": {"choices": [{}]}}"""
EVENTS = (
    b"""event: a\ndata: {"object": "chat.completion.chunk", "model": "m"}\n\ndata: [DONE]\n\n"""
)
FOREIGN = (VCRPY, PARSED, GO, RUBY, HAR, EXCHANGE, EVENTS)
SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "cassettes"
REAL = [file.read_bytes() for file in sorted(SAMPLES.rglob("*.y*ml"))[::40]]


def mutated(files: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """The files in which something became something else."""
    return st.builds(
        lambda data, start, length, pieces: (
            data[: start % len(data)]
            + "".join(pieces).encode()
            + data[start % len(data) + length :]
        ),
        files,
        st.integers(0),
        st.integers(0, 30),
        st.lists(PIECES, max_size=2),
    )


ANY_BYTES = st.one_of(
    st.binary(max_size=60),
    st.lists(PIECES, max_size=20).map(lambda pieces: "".join(pieces).encode()),
    mutated(CASSETTE.map(written)),
    mutated(st.sampled_from(FOREIGN)),
    mutated(st.sampled_from([*FOREIGN, *REAL])),
)


@given(ANY_BYTES)
@settings(max_examples=500, deadline=None)
@example(b"[" * 100_000)
@example(b"- " * 50_000)
@example(b"{" + b'"a":{' * 50_000)
@example(b"a: !!python/object/apply:os.system [echo harmed]")
@example(b"a: &a [1, *a]")
@example(b"interactions: []\nversion: " + b"9" * 5_000)
@example(b"harness: cassette\nversion: 1\norigin: live\ninteractions: 5\n...\n")
@example(b"harness: [1]\n...")
@example(b"harness: cassette\nversion: 1\n...\n")
@example(
    b"a: &a [" + b"x, " * 999 + b"]\nb: &b [" + b"*a, " * 999 + b"]\nc: [" + b"*b, " * 999 + b"]"
)
@example(b"interactions: &a\n- request: {uri: x, method: GET, body: *a}\n  response: {}\n")
@example(b"harness: cassette\nversion:\n...\n")
@example(b"\x1f\x8b\x08")
@example(gzip.compress(b"- " * 300_000))
@example(b'{"log": {"entries": {}}}')
@example(b'{"request": {"url": "\\ud800"}, "response": {}}')
@example(b'[{"request": {"uri": "x", "method": {}}}]')
@example(b"requests: [1]\nresponses: [2, 3]\n")
@example(b"? [a]\n: 1\n")
@example(b"- request: {uri: x, ? [a] : 1, ? {b: c} : 2}\n  response: {}\n")
@example(b'{"request": {"url": "http://\xff"}, "response": {}}')
@example(b"event:data: {}\n\ndata: [DONE]\n\n")
@example(b"<<<<<<< ours\n")
def test_no_bytes_whatever_get_more_than_a_clear_error(data: bytes) -> None:
    try:
        outcome = str(type(loaded(Source(FILE, data))))
    except HarnessError as error:
        outcome = str(error)

    assert re.match(
        r"cassettes/law.yaml(:\d+(:\d+)?)?: .|<class 'harness.interactions.Cassette'>", outcome
    )
