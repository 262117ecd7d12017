"""A call to the model as one request: the JSON body, ready to be sent, and the SDK's options."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from openai.types.chat.completion_create_params import CompletionCreateParamsBase
from pydantic import BaseModel

from agentchat.core.models import LLMMessage, ModelInfo
from agentchat.core.tools import Tool, ToolSchema
from agentchat.ext.models.openai._message_transform import (
    MessageStyle,
    api_messages,
    message_style,
    shows_images,
    with_joined_system_messages,
    with_stripped_end,
)
from agentchat.ext.models.openai._response_format import choose_format
from agentchat.ext.models.openai._tools import (
    ToolChoice,
    api_tool_choice,
    api_tools,
    name_by_api_name,
    tool_schemas,
)

# What a call says to the SDK and not to the model, by the SDK's name for it.
_OPTION_BY_ARGUMENT: Final = {
    "timeout": "timeout",
    "extra_headers": "headers",
    "extra_query": "params",
    "extra_body": "extra_json",
}

RESERVED_ARGUMENTS: Final = frozenset({"stream", "messages", "function_call", "functions", "n"})
"""Arguments that the client sets itself, or can't answer for."""

# The SDK writes these first and the rest by the alphabet; so do we, for the same bytes.
_FIRST_IN_BODY: Final = ("model", "stream", "service_tier", "messages")


def is_create_argument(name: str) -> bool:
    """Whether a call, or all calls of a client, may be given this argument."""
    if name in RESERVED_ARGUMENTS:
        return False
    return name in CompletionCreateParamsBase.__annotations__ or name in _OPTION_BY_ARGUMENT


@dataclass(frozen=True)
class Settings:
    """What a client was constructed with, as far as requests are concerned."""

    arguments: Mapping[str, Any]
    """Arguments of every call, `model` among them."""

    model_info: ModelInfo
    add_name_prefixes: bool
    include_name_in_message: bool

    def style(self, model: str) -> MessageStyle:
        """How messages are written for the model."""
        return message_style(
            self.model_info["family"],
            model,
            names=self.include_name_in_message,
            name_prefixes=self.add_name_prefixes,
        )


@dataclass(frozen=True)
class Request:
    """One call, ready to be sent."""

    body: dict[str, Any]
    options: dict[str, Any]
    """The SDK's request options."""

    name_by_api_name: Mapping[str, str]
    """What the tools are called here, by what the model calls them."""

    output_type: type[BaseModel] | None
    """The class that the answer shall be of."""

    @property
    def model(self) -> str:
        """The name of the model that is asked."""
        return str(self.body["model"])


@dataclass(frozen=True)
class Call:
    """What the caller of a client asks for."""

    messages: Sequence[LLMMessage]
    tools: Sequence[Tool | ToolSchema]
    tool_choice: ToolChoice
    json_output: bool | type[BaseModel] | None
    extra_create_args: Mapping[str, Any]


def request_of(settings: Settings, call: Call, *, stream: bool) -> Request:
    """The request that puts a call to the model.

    Raises:
        ValueError: The model can't do what the call asks for, or the arguments contradict.
    """
    invalid = [key for key in call.extra_create_args if not is_create_argument(key)]
    if invalid:
        raise ValueError(f"Extra create args are invalid: {invalid}")
    arguments = {**settings.arguments, **call.extra_create_args}
    if not stream:
        # A client may be constructed with them for its streams; other requests can't have them.
        arguments.pop("stream_options", None)
    output_type = choose_format(arguments, call.json_output, settings.model_info)
    arguments["stream"] = stream
    arguments["messages"] = _messages(settings, call.messages, str(arguments["model"]))
    schemas = tool_schemas(call.tools)
    arguments |= _tool_arguments(settings, schemas, call.tool_choice)
    options = {
        option: arguments.pop(argument)
        for argument, option in _OPTION_BY_ARGUMENT.items()
        if argument in arguments
    }
    return Request(_ordered(arguments), options, name_by_api_name(schemas), output_type)


def _messages(
    settings: Settings, messages: Sequence[LLMMessage], model: str
) -> list[dict[str, Any]]:
    if not settings.model_info["vision"] and shows_images(messages):
        raise ValueError("Model does not support vision and image was provided")
    if not settings.model_info.get("multiple_system_messages"):
        messages = with_joined_system_messages(messages)
    if model.startswith("claude-"):
        messages = with_stripped_end(messages)
    return api_messages(messages, settings.style(model))


def _tool_arguments(
    settings: Settings, schemas: Sequence[ToolSchema], tool_choice: ToolChoice
) -> dict[str, Any]:
    choice = api_tool_choice(tool_choice, schemas)
    if not schemas:
        return {}
    if not settings.model_info["function_calling"]:
        raise ValueError("Model does not support function calling")
    return {"tools": api_tools(schemas), "tool_choice": choice}


def _ordered(arguments: dict[str, Any]) -> dict[str, Any]:
    first = {key: arguments[key] for key in _FIRST_IN_BODY if key in arguments}
    return first | dict(sorted(arguments.items()))
