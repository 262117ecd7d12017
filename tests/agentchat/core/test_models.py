from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from agentchat.core._function_call import FunctionCall
from agentchat.core.models import (
    AssistantMessage,
    CreateResult,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    LLMMessage,
    ModelFamily,
    RequestUsage,
    SystemMessage,
    UserMessage,
    validate_model_info,
)

CONVERSATION: TypeAdapter[list[LLMMessage]] = TypeAdapter(list[LLMMessage])

calls = st.lists(st.builds(FunctionCall, st.text(), st.text(), st.text()))
results = st.builds(
    FunctionExecutionResult,
    content=st.text(),
    name=st.text(),
    call_id=st.text(),
    is_error=st.none() | st.booleans(),
)
messages = st.one_of(
    st.builds(SystemMessage, content=st.text()),
    st.builds(UserMessage, content=st.text() | st.lists(st.text()), source=st.text()),
    st.builds(
        AssistantMessage,
        content=st.text() | calls,
        thought=st.none() | st.text(),
        source=st.text(),
    ),
    st.builds(FunctionExecutionResultMessage, content=st.lists(results)),
)


def info(**changes: Any) -> Any:
    complete = {
        "vision": False,
        "function_calling": True,
        "json_output": True,
        "family": ModelFamily.UNKNOWN,
        "structured_output": True,
    }
    return {name: value for name, value in (complete | changes).items() if value is not None}


@given(conversation=st.lists(messages))
def test_a_conversation_survives_json(conversation: list[LLMMessage]) -> None:
    written = CONVERSATION.dump_json(conversation)

    assert CONVERSATION.validate_json(written) == conversation


def test_a_result_names_its_parts_as_upstream_does() -> None:
    result = CreateResult(
        finish_reason="function_calls",
        content=[FunctionCall(id="1", arguments="{}", name="f")],
        usage=RequestUsage(1, 2),
        cached=False,
    )

    assert result.model_dump() == {
        "finish_reason": "function_calls",
        "content": [{"id": "1", "arguments": "{}", "name": "f"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2},
        "cached": False,
        "logprobs": None,
        "thought": None,
    }


def test_every_listed_family_is_a_constant() -> None:
    constants = {
        value for name, value in vars(ModelFamily).items() if name.isupper() and name != "ANY"
    }

    assert set(get_args(ModelFamily.ANY)) == constants


@pytest.mark.parametrize(
    ("is_of", "family"),
    [
        (ModelFamily.is_claude, ModelFamily.CLAUDE_4_SONNET),
        (ModelFamily.is_gemini, ModelFamily.GEMINI_2_5_PRO),
        (ModelFamily.is_openai, ModelFamily.O4),
        (ModelFamily.is_llama, ModelFamily.LLAMA_4_SCOUT),
        (ModelFamily.is_mistral, ModelFamily.CODESRAL),
    ],
)
def test_knows_who_made_a_family(is_of: Any, family: str) -> None:
    assert is_of(family)
    assert not is_of(ModelFamily.R1)
    assert not is_of(family + "-of-mine")


def test_the_families_are_a_namespace() -> None:
    with pytest.raises(TypeError, match="is a namespace class and cannot be instantiated"):
        ModelFamily()


@pytest.mark.parametrize("field", ["vision", "function_calling", "json_output", "family"])
def test_refuses_model_info_that_lacks_a_field(field: str) -> None:
    with pytest.raises(ValueError, match=f"Missing required field '{field}'"):
        validate_model_info(info(**{field: None}))


def test_only_warns_of_missing_structured_output() -> None:
    with pytest.warns(UserWarning, match="Missing required field 'structured_output'"):
        validate_model_info(info(structured_output=None))


def test_takes_complete_model_info() -> None:
    validate_model_info(info())
