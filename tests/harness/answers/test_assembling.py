"""A stream's answer is the same, wherever the borders of its events are."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.answers import answer_in, events_of
from harness.interactions import Response
from harness.session._drift import drift_between


def stream(*events: Any) -> bytes:
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)


def chunk(index: int = 0, finish: str | None = None, **delta: Any) -> dict[str, Any]:
    return {"choices": [{"index": index, "delta": delta, "finish_reason": finish}]}


def line(text: str, *, done: bool = False) -> dict[str, Any]:
    return {"message": {"role": "assistant", "content": text}, "done": done}


def google(*parts: Any, **rest: Any) -> dict[str, Any]:
    return {"candidates": [{"content": {"parts": list(parts), "role": "model"}}], **rest}


def function(arguments: str, **rest: Any) -> list[dict[str, Any]]:
    return [{"index": 0, "function": {"arguments": arguments, **rest}}]


@pytest.mark.parametrize(
    ("one", "several"),
    [
        ([chunk(content="Hello", finish="stop")],
         [chunk(content="Hel"), chunk(content="lo"), chunk(finish="stop")]),
        ([chunk(refusal="Never.")], [chunk(refusal="Nev"), chunk(refusal="er.")]),
        ([chunk(reasoning_content="Hm")],
         [chunk(reasoning_content="H"), chunk(reasoning_content="m")]),
        ([chunk(0, content="a"), chunk(1, content="bc")],
         [chunk(1, content="b"), chunk(0, content="a"), chunk(1, content="c")]),
        ([chunk(tool_calls=function('{"a":1}', name="f"))],
         [chunk(tool_calls=function('{"a"', name="f")), chunk(tool_calls=function(":1}"))]),
        ([line("Hello", done=True)], [line("Hel"), line("lo"), line("", done=True)]),
        ([google({"text": "Hello"})], [google({"text": "Hel"}), google({"text": "lo"})]),
        ([google({"text": "Hm", "thought": True}, {"text": "Hi"})],
         [google({"text": "Hm", "thought": True}), google({"text": "H"}), google({"text": "i"})]),
    ],
)  # fmt: skip
def test_borders_do_not_count(one: list[Any], several: list[Any]) -> None:
    assert sorted_choices(answer_in(stream(*one))) == sorted_choices(answer_in(stream(*several)))
    assert answer_in(stream(*one))


def sorted_choices(answer: Any) -> Any:
    return {**answer, "choices": sorted(map(json.dumps, answer.get("choices", ())))}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (chunk(content="Hello"), chunk(content="Hullo")),
        (chunk(finish="stop"), chunk(finish="length")),
        (chunk(0, content="a"), chunk(1, content="a", refusal="")),
        (chunk(tool_calls=function("1")), chunk(tool_calls=function("2"))),
        (google({"text": "Hi"}), google({"text": "Ho"})),
    ],
)
def test_streams_of_one_event_that_say_something_else_differ(one: Any, other: Any) -> None:
    assert answer_in(stream(one)) != answer_in(stream(other))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["choices", "delta", "index", "tool_calls", "candidates", "content",
                         "parts", "type", "usage", "text", "message"]), inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.lists(JSON, max_size=4))
def test_no_stream_is_too_strange(events: list[Any]) -> None:
    assert isinstance(answer_in(stream(*events)), dict)


def test_a_drift_is_seen_in_what_a_stream_says_alone() -> None:
    one, same, other = (
        Response(200, (), stream(*events), 0)
        for events in (
            [chunk(content="Hello")],
            [chunk(content="Hel"), chunk(content="lo")],
            [chunk(content="Hullo")],
        )
    )

    assert drift_between(one, same) is None
    assert drift_between(one, other) == (
        "choices[0].message.content",
        "'Hello' became 'Hullo'",
    )


@pytest.mark.parametrize(("content", "events"), [
    (b'data: {"a": 1}\r\n\r\ndata:{"b": 2}\n\ndata: [DONE]\n\n', [{"a": 1}, {"b": 2}]),
    (b'event: x\ndata: {"a": 1}\n\ndata: {"b"', [{"a": 1}]),
    (b'{"a": 1}\n{"b": 2}\n', [{"a": 1}, {"b": 2}]),
    (b'[{"a": 1}\n, {"b": 2}]', [{"a": 1}, {"b": 2}]),
    (b'{"a": 1}', []), (b'Said:\n{"a": 1}\n', []), (b"", []), (b"\xff", []),
])  # fmt: skip
def test_a_stream_is_read_whatever_stands_between_its_objects(
    content: bytes, events: list[Any]
) -> None:
    assert events_of(content) == events


@pytest.mark.parametrize(("one", "other", "is_same"), [
    ({"usage": {"total_time": 1, "tokens": 7}}, {"usage": {"total_time": 2, "tokens": 7}}, True),
    ({"usage": {"total_time": 1, "tokens": 7}}, {"usage": {"total_time": 1, "tokens": 8}}, False),
    ({"recipe": {"total_time": 1}}, {"recipe": {"total_time": 2}}, False),
])  # fmt: skip
def test_only_the_times_that_an_answer_took_do_not_count(
    one: Any, other: Any, is_same: bool
) -> None:
    first, second = (Response(200, (), json.dumps(body).encode(), 0) for body in (one, other))

    assert (drift_between(first, second) is None) is is_same


def test_a_list_that_is_no_stream_is_compared_whole() -> None:
    one, other = (Response(200, (), body, 0) for body in (b'[{"a": 1}]', b'[{"a": 2}]'))

    assert drift_between(one, other) == ("body[0].a", "1 became 2")
