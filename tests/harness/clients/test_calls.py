"""A call, as a request, loses nothing."""

import json

from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from agentchat.core import FunctionCall, Image
from agentchat.core._usage import TokenUsage
from agentchat.core.models import (
    AssistantMessage,
    ChatCompletionTokenLogprob,
    CreateResult,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    RequestUsage,
    SystemMessage,
    TopLogprob,
    UserMessage,
)
from agentchat.core.tools import FunctionTool, ToolSchema
from agentchat.ext.models._cache_key import Call
from harness.clients._answers import (
    Answer,
    answer_from_bytes,
    answer_to_bytes,
    item_from_event,
    text_to_event,
)
from harness.clients._calls import call_of
from harness.clients._requests import CREATE, request_of
from harness.interactions import Request
from harness.matching import Matcher

PIXELS = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF1234WEBP"]


class Weather(BaseModel):
    """Weather."""

    celsius: float
    words: str = "fine"


images = st.builds(
    lambda head, rest: Image._from_bytes(head + rest), st.sampled_from(PIXELS), st.binary()
)
names = st.text(min_size=1)
calls = st.builds(FunctionCall, id=names, name=names, arguments=st.text())
results = st.builds(
    FunctionExecutionResult,
    content=st.text(), name=names, call_id=names, is_error=st.none() | st.booleans(),
)  # fmt: skip
messages = st.one_of(
    st.builds(SystemMessage, content=st.text()),
    st.builds(UserMessage, content=st.text() | st.lists(st.text() | images), source=names),
    st.builds(
        AssistantMessage,
        content=st.text() | st.lists(calls), source=names, thought=st.none() | st.text(),
    ),
    st.builds(FunctionExecutionResultMessage, content=st.lists(results)),
)  # fmt: skip
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def asked(call: Call) -> Request:
    return request_of(call, CREATE, "model://Client", "gpt-4o")


@given(
    said=st.lists(messages, max_size=5),
    output=st.sampled_from([None, True, False]),
    extra=st.dictionaries(st.text(), json_values, max_size=3),
)
def test_a_call_comes_back_whole(said: list, output: bool | None, extra: dict) -> None:
    call = Call(said, [], "auto", output, extra)

    back = call_of(asked(call))

    assert back == call
    assert asked(back) == asked(call)


@given(said=st.lists(messages, max_size=5))
def test_the_request_is_json_of_one_spelling(said: list) -> None:
    body = asked(Call(said, [], "auto", None, {})).body

    assert json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode() == body


def test_tools_choice_and_the_class_of_the_answer_come_back() -> None:
    def same(x: int) -> int:
        return x

    tool = FunctionTool(same, description="Gives it back.")
    call = Call([], [tool], tool, Weather, {"seed": None})

    back = call_of(asked(call))

    assert back.tools == [tool.schema]
    assert getattr(back.tool_choice, "schema", None) == tool.schema
    assert isinstance(back.json_output, type)
    assert back.json_output.model_json_schema() == Weather.model_json_schema()
    assert asked(back) == asked(call)


def test_a_schema_with_a_null_in_it_keeps_it() -> None:
    schema = ToolSchema(
        name="f", parameters={"type": "object", "properties": {"x": {"default": None}}}
    )

    assert call_of(asked(Call([], [schema], "required", None, {}))).tools == [schema]


def test_what_has_no_json_form_counts_by_its_class() -> None:
    one, other = (Call([], [], "auto", None, {"hook": object()}) for _ in range(2))

    assert Matcher().digest(asked(one)) == Matcher().digest(asked(other))
    assert b"<builtins.object>" in asked(one).body


def test_a_picture_is_shown_as_a_data_url() -> None:
    picture = Image._from_bytes(PIXELS[0] + b"dots")

    body = asked(
        Call([UserMessage(content=["see", picture], source="user")], [], "auto", None, {})
    ).body

    assert json.loads(body)["messages"][0]["content"] == ["see", {"image": picture.data_uri}]


logprobs = st.builds(
    ChatCompletionTokenLogprob,
    token=st.text(),
    logprob=st.floats(allow_nan=False),
    top_logprobs=st.none() | st.lists(st.builds(TopLogprob, logprob=st.floats(allow_nan=False))),
    bytes=st.none() | st.lists(st.integers(0, 255)),
)
counts = st.integers(0, 2**40)
answers = st.builds(
    CreateResult,
    finish_reason=st.sampled_from(["stop", "length", "function_calls", "content_filter"]),
    content=st.text() | st.lists(calls, min_size=1),
    usage=st.builds(RequestUsage, counts, counts),
    cached=st.booleans(),
    logprobs=st.none() | st.lists(logprobs, max_size=3),
    thought=st.none() | st.text(),
)


@given(result=answers, cached=counts, reasoning=counts)
def test_an_answer_comes_back_whole(result: CreateResult, cached: int, reasoning: int) -> None:
    spent = TokenUsage(cached_tokens=cached, reasoning_tokens=reasoning)
    details = {"cached_tokens": cached, "reasoning_tokens": reasoning}

    back = answer_from_bytes(answer_to_bytes(result, spent))

    assert back == Answer(result, {name: count for name, count in details.items() if count})


@given(text=st.text())
def test_a_piece_of_text_is_one_event(text: str) -> None:
    event = text_to_event(text)

    assert item_from_event(event) == text
    assert event.count(b"\n") == 2
