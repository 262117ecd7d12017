"""What is recorded anew and did not change keeps its bytes."""

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from agentchat.core._world import entered
from harness.formats import load
from harness.interactions import Request
from harness.journal import derive
from harness.session import CassetteSession
from harness.simulation import SeededWorld

URL = "https://api.openai.com/v1/chat/completions"
JSON = (("content-type", "application/json"),)
EVENTS = (("content-type", "text/event-stream"),)
FIRST = "call_AAAAAAAAAAAAAAAAAAAAAAA1"
SECOND = "call_BBBBBBBBBBBBBBBBBBBBBBB2"


def asked(*messages: object, **more: object) -> Request:
    return Request("POST", URL, JSON, json.dumps({"messages": messages, **more}).encode())


def record(session: CassetteSession, request: Request, *pieces: bytes, headers: Any = JSON) -> None:
    recording = session.record(request)
    recording.answered(200, headers)
    for piece in pieces:
        recording.received(piece)
    recording.ended("complete")


def answer(text: str, name: str) -> bytes:
    said = {"id": f"chatcmpl-{name * 2}", "created": crc32(name.encode()), "text": text}
    return json.dumps(said).encode()


def recorded(path: Path, mode: str, answers: Sequence[tuple[str, bytes]], **more: Any) -> bytes:
    """The cassette's bytes, of these questions and answers."""
    with CassetteSession(path, mode=mode, **more) as session:
        for question, body in answers:
            record(session, asked(question), body)
    return path.read_bytes() if path.exists() else b""


@pytest.mark.parametrize("mode", ["rewrite", "all"])
def test_what_is_answered_the_same_keeps_its_bytes(mode: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    before = recorded(path, "once", [("a", answer("A", "aaaaaaaa1")), ("b", answer("B", "b"))])

    after = recorded(path, mode, [("a", answer("A", "accccccc1")), ("b", answer("New", "b"))])

    changed = set(after.splitlines()) - set(before.splitlines())
    assert b"accccccc1" not in after
    assert {line.split(b":")[0].strip() for line in changed} <= {b"text", b"duration_ns"}


def test_a_recording_in_which_nothing_changed_has_only_another_date(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    before = recorded(path, "once", [("a", answer("A", "baaaaaaa1"))]).splitlines()
    path.write_bytes(path.read_bytes().replace(before[2], b"recorded: '2020-01-01'"))

    assert recorded(path, "rewrite", [("a", answer("A", "bbbbbbbb2"))]).splitlines() == before


def test_equal_requests_are_paired_in_recorded_order(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    first = [("a", answer("1", "caaaaaaa1")), ("a", answer("2", "caaaaaaa2"))]
    before = recorded(path, "once", first)

    second = [("a", answer("1", "cbbbbbbb1")), ("a", answer("2", "cbbbbbbb2"))]

    assert recorded(path, "rewrite", second) == before


def test_of_another_test_nothing_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    recorded(path, "once", [("a", answer("A", "daaaaaaa1"))], test="one")

    assert b"dfffffff1" in recorded(path, "rewrite", [("a", answer("A", "dfffffff1"))], test="two")


@pytest.mark.parametrize("mode", ["rewrite", "all"])
def test_later_requests_name_the_ids_of_the_answers_that_stayed(mode: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"

    def converse(mode: str, call: str, said: str) -> None:
        with CassetteSession(path, mode=mode) as session:
            record(session, asked("a"), json.dumps({"tool_calls": [{"id": call}]}).encode())
            record(session, asked("a", {"tool_call_id": call, "content": said}), b'{"text": "B"}')

    converse("once", FIRST, "sunny")
    converse(mode, SECOND, "rainy")

    replayed = CassetteSession(path)
    assert replayed.play(asked("a")) is not None
    assert replayed.play(asked("a", {"tool_call_id": FIRST, "content": "rainy"})) is not None
    assert SECOND.encode() not in path.read_bytes()


@pytest.mark.parametrize(("old", "new"), [
    ("1", "2"), ("call_weather2025", "call_weather2026"), ("abcdefghijklmnopqrst", "tsrqponmlkjih"),
])  # fmt: skip
def test_an_id_that_may_be_anything_is_never_replaced(old: str, new: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    with CassetteSession(path, mode="once") as session:
        record(session, asked("a"), json.dumps({"id": old, "text": "A"}).encode())
    with CassetteSession(path, mode="rewrite") as session:
        record(session, asked("a"), json.dumps({"id": new, "text": "A"}).encode())
        record(session, asked("a", f"What is {new}?"), b'{"text": "B"}')

    first, second = load(path).interactions
    assert f'"{new}"'.encode() in first.response.content  # type: ignore[union-attr]
    assert f"What is {new}?".encode() in second.request.body


@pytest.mark.parametrize("again", [
    "call_DDDDDDDDDDDDDDDDDDDDDDD4", "7c0f1e2d-9a8b-4c3d-8e7f-6a5b4c3d2e1f",
])  # fmt: skip
def test_an_id_that_a_server_gives_out_in_every_test_stands_for_that_tests_own(
    again: str, tmp_path: Path
) -> None:
    converse(tmp_path / "one.yaml", "once", f"one-{again}")
    converse(tmp_path / "two.yaml", "once", f"two-{again}")

    converse(tmp_path / "one.yaml", "rewrite", again)
    converse(tmp_path / "two.yaml", "rewrite", again)

    asked_in_two = load(tmp_path / "two.yaml").interactions[1].request.body
    assert f'"two-{again}"'.encode() in asked_in_two


def test_an_id_that_a_replay_hands_out_stands_for_itself(tmp_path: Path) -> None:
    again = "call_EEEEEEEEEEEEEEEEEEEEEEE5"
    converse(tmp_path / "one.yaml", "once", f"one-{again}")
    converse(tmp_path / "two.yaml", "once", again)

    converse(tmp_path / "one.yaml", "rewrite", again)

    two = CassetteSession(tmp_path / "two.yaml")
    assert two.play(asked("a")) is not None
    assert two.play(asked("a", {"tool_call_id": again})) is not None


def converse(path: Path, mode: str, call: str) -> None:
    """Records a question whose answer calls a tool, and a second one that names the call."""
    with CassetteSession(path, mode=mode) as session:
        record(session, asked("a"), json.dumps({"tool_calls": [{"id": call}]}).encode())
        record(session, asked("a", {"tool_call_id": call}), b'{"text": "B"}')


def openai(call: str, name: str) -> Any:
    said = {"role": "assistant", "tool_calls": [{"id": call, "function": {"name": "f"}}]}
    return {"id": name, "created": crc32(name.encode()), "choices": [{"message": said}]}


def ollama(call: str, name: str) -> Any:
    said = {"role": "assistant", "tool_calls": [{"id": call, "function": {"name": "f"}}]}
    return {"created_at": name, "message": said, "total_duration": crc32(name.encode())}


def anthropic(call: str, name: str) -> Any:
    return {"id": name, "content": [{"type": "tool_use", "id": call, "name": "f"}]}


def responses(call: str, name: str) -> Any:
    said = {"type": "function_call", "id": f"fc_{name}", "call_id": call}
    return {"id": name, "created_at": crc32(name.encode()), "output": [said]}


@pytest.mark.parametrize(("shape", "calls", "names"), [
    (openai, ("call_Zq8ZbV1sT0uXw7Yk2LmNpR3c", "call_p0OiU9yT8rE7wQ6aS5dF4gH3"),
     ("chatcmpl-Bz1", "chatcmpl-Bz2")),
    (openai, ("D681PevKs", "xTq2mWz9B"), ("cmpl-e5cc70bb28c444948073e77776eb30ef", "cmpl-1")),
    (openai, ("KsPevDabc", "mTqWzBaaX"), ("1", "2")),
    (openai, ("functioncall_q3n8d5wz", "functioncall_s6y1g4ke"), ("1", "2")),
    (openai, ("call_k7x3m2q9", "call_w4z8p1ra"), ("chatcmpl-594", "chatcmpl-7")),
    (ollama, ("call_j2x5m9q1", "call_v4z8p7ra"), ("2026-01-01T00:00:00Z", "2026-02-02T00:00:00Z")),
    (anthropic, ("toolu_01T1x1fJ34qAmk2tNTrN7Up6", "toolu_01BbCx9eHnT4kQwZ8vPdYs3L"),
     ("msg_01XFDUDYJgAACzvnptvVoYEL", "msg_019hiOyRQp3VnZ5wEtXaKcLm")),
    (responses, ("call_unLAR8MvFNptuiZK6K6HCy5k", "call_h7GfD5sA3pO1iU9yT7rE5wQ3"),
     ("resp_67ccd3a9da748190baa7f15", "resp_70aadf12e5b88190acd4e26")),
])  # fmt: skip
@pytest.mark.parametrize("is_stream", [False, True])
def test_what_vendors_answer_keeps_its_bytes_whatever_the_ids(
    shape: Any, calls: tuple[str, str], names: tuple[str, str], is_stream: bool, tmp_path: Path
) -> None:
    path = tmp_path / "x.yaml"

    def converse(mode: str, call: str, name: str) -> bytes:
        said = json.dumps(shape(call, name)).encode()
        body = b"data: " + said + b"\n\ndata: [DONE]\n\n" if is_stream else said
        with CassetteSession(path, mode=mode) as session:
            record(session, asked("a"), body)
            record(session, asked("a", {"tool_call_id": call, "text": f"of {call}"}), b"{}")
        return path.read_bytes()

    assert converse("once", calls[0], names[0]) == converse("rewrite", calls[1], names[1])


def test_ids_of_one_long_beginning_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"

    def converse(mode: str, *calls: str) -> bytes:
        said = {"choices": [{"message": {"tool_calls": [{"id": call} for call in calls]}}]}
        with CassetteSession(path, mode=mode) as session:
            record(session, asked("a"), json.dumps(said).encode())
            record(session, asked(" ".join(calls)), b"{}")
        return path.read_bytes()

    first = converse("once", "functioncall_u2f7r9ob", "functioncall_i4l6a3px")

    assert converse("rewrite", "functioncall_h5j1b6v0", "functioncall_c9t2n8fy") == first


def test_a_tool_calls_id_that_is_like_its_former_one_is_a_name(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    for mode, call in (("once", "call_weather2025"), ("rewrite", "call_weather2026")):
        recorded(path, mode, [("a", json.dumps(openai(call, "1")).encode())])

    assert b"weather2026" in path.read_bytes()


def test_an_id_that_was_asked_with_before_its_answer_ended_stays_new(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    with CassetteSession(path, mode="once") as session:
        record(session, asked("a"), answer("A", "gddddddd1"))
    with CassetteSession(path, mode="rewrite") as session:
        first = session.record(asked("a"))
        first.answered(200, JSON)
        first.received(answer("A", "geeeeeee1"))
        record(session, asked("a", "chatcmpl-geeeeeee1geeeeeee1"), b"{}")
        first.ended("complete")

    assert b"gddddddd1" not in path.read_bytes()


def test_a_stream_keeps_its_pieces_and_times(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"

    def streamed(mode: str, name: str, *cuts: int) -> bytes:
        whole = b"".join(
            b"data: " + json.dumps({"id": f"chatcmpl-{name * 2}", "delta": word}).encode() + b"\n\n"
            for word in ("Hello", " you")
        )
        borders = (0, *cuts, len(whole))
        pieces = [whole[start:end] for start, end in pairwise(borders)]
        with CassetteSession(path, mode=mode) as session:
            record(session, asked("a"), *pieces, headers=EVENTS)
        return path.read_bytes()

    assert streamed("once", "haaaaaaa1", 20) == streamed("rewrite", "hbbbbbbb2", 30, 40)


def test_what_older_rules_recorded_is_not_kept_by_newer_ones(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    recorded(path, "once", [("a", b'{"name": "Ann"}')])

    redact = ["pointer:/name -> name"]

    assert b"Ann" not in recorded(path, "rewrite", [("a", b'{"name": "Ann"}')], redact=redact)


def test_the_run_may_make_the_cassette_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    with entered(SeededWorld()):
        before = recorded(path, "once", [("a", answer("A", "jaaaaaaa1"))])
    recorded(path, "rewrite", [("a", answer("A", "jbbbbbbb2"))], run="run 1")
    derive([path], "run 1")

    assert path.read_bytes() == before


def test_a_damaged_cassette_is_recorded_anew_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("{", encoding="utf-8")

    assert b"kaaaaaaa1" in recorded(path, "rewrite", [("a", answer("A", "kaaaaaaa1"))])
