from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from agentchat.core import FunctionCall, Image
from agentchat.core.code_executor import CodeResult
from agentchat.core.models import FunctionExecutionResult, SystemMessage, UserMessage
from agentchat.messages import (
    BaseAgentEvent,
    BaseChatMessage,
    CodeExecutionEvent,
    HandoffMessage,
    MultiModalMessage,
    StopMessage,
    StructuredMessage,
    TextMessage,
    ThoughtEvent,
    ToolCallExecutionEvent,
    ToolCallRequestEvent,
    ToolCallSummaryMessage,
)
from agentchat.utils import (
    content_to_str,
    convert_to_v02_message,
    convert_to_v04_message,
    remove_images,
)

PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2"
    "FzhVAAAAAElFTkSuQmCC"
)
IMAGE = Image.from_uri(PIXEL)


class Verdict(BaseModel):
    score: int


def essence(message: BaseAgentEvent | BaseChatMessage) -> dict[str, Any]:
    """What version 0.2 can carry of a message."""
    return message.model_dump(include={"type", "source", "content"})


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("plain", "plain"),
        (["a", IMAGE, "b"], "a\n<image>\nb"),
        (Verdict(score=3), '{"score":3}'),
        (
            [FunctionCall(id="1", arguments="{}", name="f")],
            "FunctionCall(id='1', arguments='{}', name='f')",
        ),
        ([], ""),
    ],
)
def test_any_content_has_a_text(content: Any, text: str) -> None:
    assert content_to_str(content) == text


def test_images_are_removed_from_user_messages_only() -> None:
    system = SystemMessage(content="Be brief.")
    seen = UserMessage(content=["Look:", IMAGE], source="user")

    without = remove_images([system, seen])

    assert without == [system, UserMessage(content="Look:\n<image>", source="user")]
    assert seen.content == ["Look:", IMAGE]


names = st.text(min_size=1)
lossless = st.one_of(
    st.builds(TextMessage, source=names, content=st.text()),
    st.builds(
        MultiModalMessage,
        source=names,
        content=st.lists(st.one_of(st.text(), st.just(IMAGE))),
    ),
    st.builds(
        ToolCallRequestEvent,
        source=names,
        content=st.lists(
            st.builds(FunctionCall, id=st.text(), arguments=st.text(), name=st.text()), min_size=1
        ),
    ),
    st.builds(
        ToolCallExecutionEvent,
        source=names,
        content=st.lists(
            st.builds(
                FunctionExecutionResult,
                content=st.text(),
                name=st.text(),
                call_id=st.text(),
                is_error=st.just(False),
            ),
            min_size=1,
        ),
    ),
)


@given(message=lossless)
def test_what_version_02_can_carry_comes_back(message: BaseAgentEvent | BaseChatMessage) -> None:
    restored = convert_to_v04_message(convert_to_v02_message(message, "assistant"))

    assert essence(restored) == essence(message)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (StopMessage(source="a", content="enough"), "enough"),
        (HandoffMessage(source="a", target="b", content="yours"), "yours"),
        (ToolCallSummaryMessage(source="a", content="42", tool_calls=[], results=[]), "42"),
        (
            StructuredMessage[Verdict](
                source="a", content=Verdict(score=3), format_string="{score} of 10"
            ),
            '{"score":3}',
        ),
        (ThoughtEvent(source="a", content="hm"), "hm"),
        (
            CodeExecutionEvent(
                source="a", retry_attempt=0, result=CodeResult(exit_code=0, output="4")
            ),
            "4",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_other_kind_becomes_its_text(
    message: BaseAgentEvent | BaseChatMessage, text: str
) -> None:
    assert convert_to_v02_message(message, "user") == {"content": text, "role": "user", "name": "a"}


def test_parts_become_version_02s() -> None:
    message = MultiModalMessage(source="a", content=["Look:", IMAGE])

    converted = convert_to_v02_message(message, "user", image_detail="high")

    assert converted == {
        "content": [
            {"type": "text", "text": "Look:"},
            {"type": "image_url", "image_url": {"url": IMAGE.data_uri, "detail": "high"}},
        ],
        "role": "user",
        "name": "a",
    }


def test_tool_calls_become_version_02s() -> None:
    call = FunctionCall(id="1", arguments='{"x": 1}', name="f")

    converted = convert_to_v02_message(ToolCallRequestEvent(source="a", content=[call]), "user")

    function = {"name": "f", "arguments": '{"x": 1}'}
    assert converted == {
        "tool_calls": [{"id": "1", "type": "function", "function": function}],
        "role": "assistant",
        "content": None,
        "name": "a",
    }


def test_tool_results_become_version_02s() -> None:
    results = [
        FunctionExecutionResult(content=content, name="f", call_id=call_id)
        for call_id, content in (("1", "one"), ("2", "two"))
    ]

    converted = convert_to_v02_message(ToolCallExecutionEvent(source="a", content=results), "user")

    assert converted == {
        "tool_responses": [
            {"tool_call_id": "1", "role": "tool", "name": "f", "content": "one"},
            {"tool_call_id": "2", "role": "tool", "name": "f", "content": "two"},
        ],
        "role": "tool",
        "content": "one\n\ntwo",
        "name": "a",
    }


@pytest.mark.parametrize("key", ["arguments", "args"])
def test_arguments_are_read_under_either_name(key: str) -> None:
    call = {"id": "1", "type": "function", "function": {"name": "f", key: "{}"}}

    converted = convert_to_v04_message({"tool_calls": [call], "content": None, "name": "a"})

    assert converted.dump()["content"] == [{"id": "1", "arguments": "{}", "name": "f"}]


@pytest.mark.parametrize(
    ("message", "name", "call_id"),
    [
        ({"role": "tool", "tool_call_id": "1", "content": "one"}, "", "1"),
        ({"role": "function", "name": "f", "content": "one"}, "f", ""),
        ({"tool_responses": [{"tool_call_id": "1", "content": "one"}], "content": ""}, "", "1"),
    ],
)
def test_a_single_result_is_one_of_a_tool(message: dict[str, Any], name: str, call_id: str) -> None:
    converted = convert_to_v04_message(message)

    expected = FunctionExecutionResult(content="one", name=name, call_id=call_id, is_error=False)
    assert isinstance(converted, ToolCallExecutionEvent)
    assert converted.content == [expected]


def test_a_function_call_of_old_is_a_tool_call() -> None:
    message = {"role": "assistant", "function_call": {"name": "f", "arguments": "{}"}}

    converted = convert_to_v04_message(message)

    assert isinstance(converted, ToolCallRequestEvent)
    assert converted.source == "assistant"
    assert converted.content == [FunctionCall(id="", arguments="{}", name="f")]


def test_a_message_without_a_name_comes_from_its_role() -> None:
    assert convert_to_v04_message({"role": "assistant", "content": "hi"}).dump()["source"] == (
        "assistant"
    )


def test_an_empty_message_is_refused() -> None:
    with pytest.raises(ValueError, match="Unable to convert message"):
        convert_to_v04_message({"role": "user", "content": None})


def test_what_is_no_message_is_refused() -> None:
    with pytest.raises(ValueError, match="Invalid message type: <class 'str'>"):
        convert_to_v02_message("hi", "user")  # type: ignore[arg-type]
