from typing import Annotated, Any, Optional

import pytest

from agentchat.compat._equivalents import (
    AnyType,
    JSONSchemaToPydantic,
    get_default_values,
    get_function_schema,
    get_required_params,
    get_typed_return_annotation,
    get_types,
    is_union,
    normalize_stop_reason,
)
from agentchat.compat._openai_equivalents import (
    assert_valid_name,
    calculate_vision_tokens,
    convert_tool_choice,
    convert_tools,
    count_tokens_openai,
    get_token_limit,
    to_oai_type,
    type_to_role,
)
from agentchat.core import FunctionCall, Image
from agentchat.core._schema import get_typed_signature
from agentchat.core.models import (
    AssistantMessage,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    SystemMessage,
    UserMessage,
)
from agentchat.core.tools import FunctionTool


def look(a: Annotated[int, "the a"], b: str = "x", *, c: list[int] | None = None) -> str:
    """Looks."""
    return f"{a}{b}{c}"


TOOL = FunctionTool(look, description="d")


@pytest.mark.parametrize(
    ("annotation", "types"),
    [
        (int, (int,)),
        (int | str, (int, str)),
        (Optional[int], (int, type(None))),  # noqa: UP045 - the other way to write it
        (Any, (AnyType,)),
        (None, (type(None),)),
        ("x", None),
        (list[int], None),
    ],
)
def test_the_types_of_an_annotation(annotation: object, types: object) -> None:
    assert get_types(annotation) == types


def test_unions_are_known_in_both_ways() -> None:
    assert [is_union(each) for each in (int | str, Optional[int], int)] == [True, True, False]  # noqa: UP045


def test_a_signature_is_taken_apart() -> None:
    signature = get_typed_signature(look)

    assert get_required_params(signature) == ["a"]
    assert get_default_values(signature) == {"b": "x", "c": None}
    assert get_typed_return_annotation(look) is str
    assert get_typed_return_annotation(lambda: 1) is None


def test_a_function_as_the_api_takes_it() -> None:
    integers = {"anyOf": [{"items": {"type": "integer"}, "type": "array"}, {"type": "null"}]}

    schema = get_function_schema(look, name="n", description="d")

    assert schema == {
        "type": "function",
        "function": {
            "description": "d",
            "name": "n",
            "parameters": {
                "type": "object",
                "properties": {
                    "a": {"type": "integer", "description": "the a"},
                    "b": {"type": "string", "default": "x", "description": "b"},
                    "c": {**integers, "default": None, "description": "c"},
                },
                "required": ["a"],
            },
        },
    }


def test_a_class_is_made_out_of_a_schema() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}

    made = JSONSchemaToPydantic().json_schema_to_pydantic(schema, "Made")

    assert (made.__name__, made.model_validate({"a": 1}).model_dump()) == ("Made", {"a": 1})


def test_words_for_the_end_of_an_answer() -> None:
    words = [None, "STOP", "end_turn", "length", "tool_calls", "content_filter", "weird"]

    assert [normalize_stop_reason(word) for word in words] == [
        "unknown",
        "stop",
        "stop",
        "length",
        "function_calls",
        "content_filter",
        "unknown",
    ]


def test_messages_in_the_apis_form() -> None:
    call = FunctionCall(id="1", name="f", arguments="{}")
    result = FunctionExecutionResult(call_id="1", content="r", name="f", is_error=False)
    messages = [
        SystemMessage(content="s"),
        UserMessage(content="u", source="me"),
        AssistantMessage(content=[call], source="x", thought="th"),
        FunctionExecutionResultMessage(content=[result]),
    ]

    assert [type_to_role(each) for each in messages] == ["system", "user", "assistant", "tool"]
    assert [to_oai_type(each)[0]["content"] for each in messages] == ["s", "u", "th", "r"]
    assert to_oai_type(messages[1], prepend_name=True, include_name_in_message=False) == [
        {"role": "user", "content": "me said:\nu"}
    ]
    assert count_tokens_openai(messages, "gpt-4o") < count_tokens_openai(
        messages, "gpt-4o", tools=[TOOL]
    )


def test_tools_in_the_apis_form() -> None:
    named = {"type": "function", "function": {"name": "look"}}

    assert convert_tools([TOOL])[0]["function"]["name"] == "look"
    assert [convert_tool_choice(each) for each in ("auto", TOOL)] == ["auto", named]
    with pytest.raises(ValueError, match="tool_choice must be a Tool object"):
        convert_tool_choice("some")


def test_names_that_the_api_does_not_take() -> None:
    assert assert_valid_name("a_b-c") == "a_b-c"
    with pytest.raises(ValueError, match="Only letters, numbers, '_' and '-' are allowed"):
        assert_valid_name("a b")
    with pytest.raises(ValueError, match="Name must be less than 64 characters"):
        assert_valid_name("a" * 65)


def test_what_is_known_of_models() -> None:
    assert get_token_limit("gpt-4o") == 128_000
    with pytest.raises(KeyError, match="home-grown"):
        get_token_limit("home-grown")


def test_tokens_of_a_picture() -> None:
    pil_image = pytest.importorskip("PIL.Image")
    picture = Image.from_pil(pil_image.new("RGB", (600, 600)))

    assert calculate_vision_tokens(picture, "low") == 85
    assert calculate_vision_tokens(picture) == 85 + 4 * 170
