"""Private functions of AutoGen's OpenAI client that programs and tests import."""

from collections.abc import Sequence
from typing import Any, Literal

from agentchat.core import Image
from agentchat.core.models import (
    AssistantMessage,
    FunctionExecutionResultMessage,
    LLMMessage,
    SystemMessage,
    UserMessage,
)
from agentchat.core.tools import Tool, ToolSchema
from agentchat.ext.models._names import api_name, normalized
from agentchat.ext.models._requests import tool_schemas
from agentchat.ext.models.openai._message_transform import api_messages, message_style
from agentchat.ext.models.openai._model_table import token_limit
from agentchat.ext.models.openai._tokens import count_tokens, image_tokens
from agentchat.ext.models.openai._tools import api_tools

Role = Literal["system", "user", "assistant", "tool"]

_ROLES: dict[type[Any], Role] = {
    SystemMessage: "system",
    UserMessage: "user",
    AssistantMessage: "assistant",
    FunctionExecutionResultMessage: "tool",
}
_TOKENS_OF_LOW_DETAIL = 85


def to_oai_type(
    message: LLMMessage,
    prepend_name: bool = False,
    model: str = "unknown",
    model_family: str = "unknown",
    include_name_in_message: bool = True,
) -> list[dict[str, Any]]:
    """A message in the API's form; it may become none, or several."""
    style = message_style(
        model_family, model, names=include_name_in_message, name_prefixes=prepend_name
    )
    return api_messages([message], style)


def type_to_role(message: LLMMessage) -> Role:
    """Who speaks in a message, in the API's word."""
    return _ROLES[type(message)]


def convert_tools(tools: Sequence[Tool | ToolSchema]) -> list[dict[str, Any]]:
    """Tools in the API's form."""
    return api_tools(tool_schemas(tools))


def convert_tool_choice(tool_choice: Tool | Literal["auto", "required", "none"]) -> Any:
    """The choice between tools in the API's form.

    Raises:
        ValueError: It is none of the four.
    """
    if isinstance(tool_choice, Tool):
        return {"type": "function", "function": {"name": api_name(tool_choice.schema["name"])}}
    if tool_choice not in ("auto", "required", "none"):
        raise ValueError(
            "tool_choice must be a Tool object, 'auto', 'required', or 'none', "
            f"got {type(tool_choice)}"
        )
    return tool_choice


def assert_valid_name(name: str) -> str:
    """The name itself.

    Raises:
        ValueError: The API would not take it.
    """
    if normalized(name[:1]) + normalized(name[1:64]) != name[:64]:
        raise ValueError(f"Invalid name: {name}. Only letters, numbers, '_' and '-' are allowed.")
    if normalized(name) != name:
        raise ValueError(f"Invalid name: {name}. Name must be less than 64 characters.")
    return name


def count_tokens_openai(
    messages: Sequence[LLMMessage],
    model: str,
    *,
    add_name_prefixes: bool = False,
    tools: Sequence[Tool | ToolSchema] = (),
    model_family: str = "unknown",
    include_name_in_message: bool = True,
) -> int:
    """The tokens of a request."""
    style = message_style(
        model_family, model, names=include_name_in_message, name_prefixes=add_name_prefixes
    )
    return count_tokens(messages, tools, model=model, style=style)


def calculate_vision_tokens(image: Image, detail: str = "auto") -> int:
    """The tokens of a picture."""
    return _TOKENS_OF_LOW_DETAIL if detail == "low" else image_tokens(*image.image.size)


def get_token_limit(model: str) -> int:
    """Tokens that request and reply may have together.

    Raises:
        KeyError: The model is not known.
    """
    limit = token_limit(model)
    if limit is None:
        raise KeyError(model)
    return limit
