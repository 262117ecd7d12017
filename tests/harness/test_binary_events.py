"""Secrets in Amazon's binary event streams, whose frames must stay whole frames."""

import base64
import json
import subprocess
from collections.abc import Callable, Sequence
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.redaction import ByPattern, ByPointer, KnownSecrets, Redactor, event_texts, secrets_in
from tests.frameworks import FRAMEWORKS, needs_frameworks

KEY = "sk-proj-Zq7wZq7wZq7wZq7wZq7wZq7w"
OPAQUE = "Zx9quite/Secret+Value<77>&co"
HEADERS = b"\x0b:event-type\x07\x00\x05chunk"
BOTOCORE = """
import json, sys
from botocore.eventstream import EventStreamBuffer
reader = EventStreamBuffer()
reader.add_data(sys.stdin.buffer.read())
print("".join(json.loads(event.payload)["delta"]["text"] for event in reader))
"""


def frame(payload: bytes) -> bytes:
    lengths = (len(HEADERS) + len(payload) + 16).to_bytes(4) + len(HEADERS).to_bytes(4)
    frame = lengths + crc32(lengths).to_bytes(4) + HEADERS + payload
    return frame + crc32(frame).to_bytes(4)


def in_json(text: str) -> bytes:
    """As `converse_stream` has it."""
    return json.dumps({"contentBlockIndex": 0, "delta": {"text": text}, "p": "abcd"}).encode()


def in_base64(text: str) -> bytes:
    """As `invoke_model_with_response_stream` has it."""
    inner = json.dumps({"type": "content_block_delta", "delta": {"text": text}}).encode()
    return json.dumps({"bytes": base64.b64encode(inner).decode(), "p": "abcd"}).encode()


Spelled = Callable[[str], bytes]
KINDS = pytest.mark.parametrize("spelled", [in_json, in_base64])


def read(stream: bytes) -> list[bytes]:
    """The payloads, read as Amazon describes frames: every length and checksum must fit."""
    payloads = []
    while stream:
        length, headers = int.from_bytes(stream[:4]), int.from_bytes(stream[4:8])
        one, stream = stream[:length], stream[length:]
        assert crc32(one[:8]).to_bytes(4) == one[8:12]
        assert crc32(one[:-4]).to_bytes(4) == one[-4:]
        payloads.append(one[12 + headers : -4])
    return payloads


def texts(stream: bytes) -> list[str]:
    said = [json.loads(payload) for payload in read(stream)]
    inner = [json.loads(base64.b64decode(each["bytes"])) if "bytes" in each else each
             for each in said]  # fmt: skip
    return [each["delta"]["text"] for each in inner]


def in_pieces(stream: bytes, size: int) -> list[bytes]:
    return [stream[start : start + size] for start in range(0, len(stream), size)]


def word_by_word(secret: str) -> Sequence[str]:
    return ["It is ", *(secret[start : start + 5] for start in range(0, len(secret), 5)), " ."]


@KINDS
def test_a_secret_that_is_said_in_one_frame_is_replaced_and_the_frame_stays_whole(
    spelled: Spelled,
) -> None:
    stream = frame(spelled("Hello")) + frame(spelled(f"It is {OPAQUE} ."))

    clean = Redactor({"MY_KEY": OPAQUE}).body(stream)

    assert texts(clean) == ["Hello", "It is <secret:MY_KEY> ."]
    assert clean.startswith(frame(spelled("Hello")))


@KINDS
@pytest.mark.parametrize("size", [7, 100, 100_000])
def test_a_secret_that_is_said_word_by_word_over_frames_is_replaced(
    spelled: Spelled, size: int
) -> None:
    stream = b"".join(frame(spelled(word)) for word in word_by_word(KEY))

    pieces = Redactor().pieces(in_pieces(stream, size))

    said = "".join(texts(b"".join(pieces)))
    assert said.startswith("It is <secret:api-key:")
    assert said.endswith("> .")
    assert len(pieces) == len(in_pieces(stream, size))


@KINDS
def test_a_stream_without_secrets_stays_as_it_is_byte_by_byte(spelled: Spelled) -> None:
    stream = b"".join(frame(spelled(word)) for word in word_by_word("nothing in particular"))

    assert Redactor({"MY_KEY": OPAQUE}).pieces(in_pieces(stream, 50)) == in_pieces(stream, 50)


@KINDS
def test_what_was_redacted_is_clean(spelled: Spelled) -> None:
    redactor = Redactor({"MY_KEY": OPAQUE})
    stream = b"".join(frame(spelled(word)) for word in word_by_word(f"{KEY} {OPAQUE}"))

    once = redactor.body(stream)

    assert redactor.body(once) == once


@KINDS
def test_a_search_sees_over_the_borders_of_frames(spelled: Spelled) -> None:
    stream = b"".join(frame(spelled(word)) for word in word_by_word(KEY))

    assert [each.secret for each in secrets_in(stream, KnownSecrets())] == [KEY.encode()]
    assert any(KEY.encode() in text for text in event_texts(stream))


@KINDS
def test_a_frame_that_the_stream_broke_off_in_is_searched_too(spelled: Spelled) -> None:
    stream = frame(spelled("Hello")) + frame(in_json(f"It is {OPAQUE} ."))[:-9]

    clean = Redactor({"MY_KEY": OPAQUE}).body(stream)

    assert OPAQUE.encode() not in clean
    assert clean.startswith(frame(spelled("Hello")))


@KINDS
def test_a_pattern_of_a_project_is_found_over_the_borders_of_frames(spelled: Spelled) -> None:
    rules = [ByPattern(r"\w+@\w+\.test", "email")]
    stream = b"".join(frame(spelled(word)) for word in word_by_word("joe@a.test"))

    assert "".join(texts(Redactor(rules=rules).body(stream))) == "It is <secret:email> ."


@KINDS
def test_a_pointer_of_a_project_leads_into_frames(spelled: Spelled) -> None:
    rules = [ByPointer("/delta/text", "said")]

    assert texts(Redactor(rules=rules).body(frame(spelled("Hello")))) == ["<secret:said>"]


@needs_frameworks
def test_botocore_reads_what_was_redacted() -> None:
    stream = b"".join(frame(in_json(word)) for word in word_by_word(KEY))

    said = subprocess.run(
        [FRAMEWORKS, "-c", BOTOCORE], input=Redactor().body(stream), capture_output=True, check=True
    ).stdout

    assert said.startswith(b"It is <secret:api-key:")


@pytest.mark.parametrize("size", [12, 30, 60])
def test_a_stream_that_broke_off_in_its_first_frame_is_searched_as_any_bytes(size: int) -> None:
    start = frame(in_json(OPAQUE))[:size]

    assert Redactor({"MY_KEY": OPAQUE}).body(start) == start
    assert list(event_texts(start)) == []


@given(st.binary(max_size=40), st.binary(max_size=12))
def test_no_bytes_whatever_break_the_reading_of_frames(payload: bytes, behind: bytes) -> None:
    stream = frame(frame(payload)) + frame(payload) + behind

    assert Redactor({"MY_KEY": OPAQUE}).body(stream) == stream
