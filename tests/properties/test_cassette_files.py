"""Laws of cassette files: what is written reads back, and no bytes whatever do harm."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from harness.cassette import (
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
from harness.errors import HarnessError
from harness.formats import Source, loaded
from harness.formats._yaml_reading import read_yaml
from harness.formats._yaml_writing import write_yaml
from harness.formats.own import written

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
)
CASSETTE = st.builds(
    Cassette,
    st.builds(Header, TEXT, TEXT, st.sampled_from(["live", "scripted"])),
    st.lists(INTERACTION, max_size=3).map(tuple),
)


@given(CASSETTE)
def test_what_is_written_reads_back_and_is_written_the_same_again(cassette: Cassette) -> None:
    data = written(cassette)

    again = loaded(Source(FILE, data))

    assert again == cassette
    assert written(again) == data


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


PIECES = st.sampled_from(
    ["harness: cassette\n", "version: 1\n", "interactions:\n", "- request:\n", "    method: GET\n",
     "    uri: http://x/\n", "    url: http://x/\n", "  response:\n", "    status: {code: 200}\n",
     "    status: 200\n", "    duration_ns: 1\n", "    body: ", "    headers: ", "{", "[", "]", "}",
     "&a ", "*a", "!!binary ", "!!python/object/apply:os.system [true]", "'", '"', "|\n",
     "origin: live\n", "...\n", "---\n", "? ", ": ", "<<", "\t", "\x00", "é", "[[[[", "1e999",
     "text: 5\n"]
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
ANY_BYTES = st.one_of(
    st.binary(max_size=60),
    st.lists(PIECES, max_size=20).map(lambda pieces: "".join(pieces).encode()),
    # A cassette in which something became something else.
    st.builds(
        lambda data, start, length, pieces: (
            data[:start] + "".join(pieces).encode() + data[start + length :]
        ),
        CASSETTE.map(written) | st.just(VCRPY),
        st.integers(0, 400),
        st.integers(0, 30),
        st.lists(PIECES, max_size=2),
    ),
)


@given(ANY_BYTES)
@example(b"[" * 100_000)
@example(b"- " * 50_000)
@example(b"{" + b'"a":{' * 50_000)
@example(b"a: !!python/object/apply:os.system [echo harmed]")
@example(b"a: &a [1, *a]")
@example(b"interactions: []\nversion: " + b"9" * 5_000)
@example(b"harness: cassette\nversion: 1\norigin: live\ninteractions: 5\n...\n")
@example(b"harness: [1]\n...")
def test_no_bytes_whatever_get_more_than_a_clear_error(data: bytes) -> None:
    try:
        outcome = str(type(loaded(Source(FILE, data))))
    except HarnessError as error:
        outcome = str(error)

    assert re.match(
        r"cassettes/law.yaml(:\d+:\d+)?: .|<class 'harness.cassette.Cassette'>", outcome
    )
