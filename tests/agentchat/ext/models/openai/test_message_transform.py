from typing import Any

import pytest

from agentchat.core._function_call import FunctionCall
from agentchat.core._image import Image
from agentchat.core.models import (
    AssistantMessage,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    LLMMessage,
    SystemMessage,
    UserMessage,
)
from agentchat.ext.models.openai._message_transform import (
    MessageStyle,
    api_messages,
    message_style,
    with_joined_system_messages,
)

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
CALL = FunctionCall(id="1", arguments="{}", name="look")
API_CALL = {"id": "1", "function": {"arguments": "{}", "name": "look"}, "type": "function"}


def style_of(family: str = "gpt-4o", model: str = "", **settings: bool) -> MessageStyle:
    return message_style(family, model, **{"names": True, "name_prefixes": False, **settings})


def written(message: LLMMessage, style: MessageStyle | None = None) -> list[dict[str, Any]]:
    return api_messages([message], style or style_of())


def test_every_kind_of_message_has_its_form() -> None:
    results = [
        FunctionExecutionResult(content="a", name="look", call_id="1"),
        FunctionExecutionResult(content="b", name="look", call_id="2"),
    ]
    messages: list[LLMMessage] = [
        SystemMessage(content="Be brief."),
        UserMessage(content="Hi", source="user"),
        AssistantMessage(content="Hello", thought="hm", source="writer"),
        AssistantMessage(content=[CALL], source="writer"),
        AssistantMessage(content=[CALL], thought="hm", source="writer"),
        FunctionExecutionResultMessage(content=results),
    ]

    assert api_messages(messages, style_of()) == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "name": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello"},
        {"role": "assistant", "tool_calls": [API_CALL], "content": None},
        {"role": "assistant", "tool_calls": [API_CALL], "content": "hm"},
        {"role": "tool", "tool_call_id": "1", "content": "a"},
        {"role": "tool", "tool_call_id": "2", "content": "b"},
    ]


def test_an_image_goes_as_a_data_uri() -> None:
    message = UserMessage(content=[Image.from_base64(PIXEL), "What is it?"], source="user")

    (sent,) = written(message, style_of(name_prefixes=True))

    url = f"data:image/png;base64,{PIXEL}"
    assert sent["content"] == [
        {"type": "image_url", "image_url": {"url": url, "detail": "auto"}},
        {"type": "text", "text": "user said:\nWhat is it?"},
    ]


def test_a_name_may_stand_in_the_text_or_nowhere() -> None:
    message = UserMessage(content="Hi", source="user")

    assert written(message, style_of(name_prefixes=True, names=False)) == [
        {"role": "user", "content": "user said:\nHi"}
    ]


@pytest.mark.parametrize(
    ("family", "model", "like"),
    [
        ("gemini-1.5-pro", "", "gemini-1.5-pro"),
        ("unknown", "gemini-2.0-flash-exp", "gemini-2.0-flash"),
        ("my-own-family", "claude-3-5-sonnet-latest", "claude-3-5-sonnet"),
        ("unknown", "mistral-large", "mistral"),
        ("unknown", "gpt-4o-mini", "gpt-4o"),
        ("unknown", "something-else", "gpt-4o"),
    ],
)
def test_an_unknown_family_is_told_by_the_name_of_the_model(
    family: str, model: str, like: str
) -> None:
    assert style_of(family, model) == style_of(like)


@pytest.mark.parametrize(
    ("family", "content", "sent"),
    [
        ("gpt-4o", "", [""]),
        ("gemini-1.5-pro", "", [" "]),
        ("gemini-1.5-pro", "\n", ["\n"]),
        ("claude-3-opus", "", []),
        ("claude-3-opus", " \n", []),
        ("mistral", "", [""]),
    ],
)
def test_each_family_has_its_way_with_empty_texts(
    family: str, content: str, sent: list[str]
) -> None:
    for message in (
        UserMessage(content=content, source="user"),
        AssistantMessage(content=content, source="writer"),
    ):
        assert [written["content"] for written in written(message, style_of(family))] == sent


@pytest.mark.parametrize(
    ("family", "thought", "content"),
    [
        ("gpt-4o", "", ""),
        ("gemini-1.5-pro", "", " "),
        ("gemini-1.5-pro", None, None),
        ("claude-3-opus", "", " "),
        ("claude-3-opus", None, None),
    ],
)
def test_each_family_has_its_way_with_empty_thoughts(
    family: str, thought: str | None, content: str | None
) -> None:
    message = AssistantMessage(content=[CALL], thought=thought, source="writer")

    assert written(message, style_of(family))[0]["content"] == content


@pytest.mark.parametrize(
    ("family", "sent"),
    [("gpt-4o", ""), ("gemini-1.5-pro", " "), ("claude-3-opus", " "), ("mistral", " ")],
)
def test_each_family_has_its_way_with_empty_instructions(family: str, sent: str) -> None:
    assert written(SystemMessage(content=""), style_of(family))[0]["content"] == sent


def test_mistral_is_sent_no_names() -> None:
    message = UserMessage(content="Hi", source="user")

    assert written(message, style_of("mistral")) == [{"role": "user", "content": "Hi"}]


def test_adjacent_system_messages_become_one_at_the_place_of_the_first() -> None:
    hi = UserMessage(content="Hi", source="user")
    messages = [hi, SystemMessage(content="one"), SystemMessage(content="two \n"), hi]

    joined = with_joined_system_messages(messages)

    assert joined == [hi, SystemMessage(content="one\ntwo"), hi]


def test_system_messages_that_say_nothing_are_left_out() -> None:
    hi = UserMessage(content="Hi", source="user")

    assert with_joined_system_messages([SystemMessage(content=" "), hi]) == [hi]
    assert with_joined_system_messages([hi]) == [hi]


def test_system_messages_must_not_stand_apart() -> None:
    hi = UserMessage(content="Hi", source="user")
    messages = [SystemMessage(content="one"), hi, SystemMessage(content="two")]

    with pytest.raises(ValueError, match="Multiple and Not continuous system messages"):
        with_joined_system_messages(messages)
