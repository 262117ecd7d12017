"""A call to the model as one request of the chat completions API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from openai.types.chat.completion_create_params import CompletionCreateParamsBase

from agentchat.core.models import LLMMessage, ModelInfo
from agentchat.core.tools import ToolSchema
from agentchat.ext.models._cache_key import Call
from agentchat.ext.models._requests import (
    OPTION_BY_ARGUMENT,
    Request,
    check_arguments,
    check_images,
    check_tools,
    taken_options,
    tool_schemas,
    with_stripped_end,
)
from agentchat.ext.models.openai._message_transform import (
    MessageStyle,
    api_messages,
    message_style,
    with_joined_system_messages,
)
from agentchat.ext.models.openai._response_format import choose_format
from agentchat.ext.models.openai._tools import (
    ToolChoice,
    api_tool_choice,
    api_tools,
    name_by_api_name,
)

RESERVED_ARGUMENTS: Final = frozenset({"stream", "messages", "function_call", "functions", "n"})
"""Arguments that the client sets itself, or can't answer for."""

# The SDK writes these first and the rest by the alphabet; so do we, for the same bytes.
_FIRST_IN_BODY: Final = ("model", "stream", "service_tier", "messages")


def is_create_argument(name: str) -> bool:
    """Whether a call, or all calls of a client, may be given this argument."""
    if name in RESERVED_ARGUMENTS:
        return False
    return name in CompletionCreateParamsBase.__annotations__ or name in OPTION_BY_ARGUMENT


@dataclass(frozen=True)
class Settings:
    """What a client was constructed with, as far as requests are concerned."""

    arguments: Mapping[str, Any]
    """Arguments of every call, `model` among them."""

    model_info: ModelInfo
    add_name_prefixes: bool
    include_name_in_message: bool

    @property
    def model(self) -> str:
        """The name of the model that is asked unless a call names another."""
        return str(self.arguments["model"])

    def style(self, model: str) -> MessageStyle:
        """How messages are written for the model."""
        return message_style(
            self.model_info["family"],
            model,
            names=self.include_name_in_message,
            name_prefixes=self.add_name_prefixes,
        )


def request_of(settings: Settings, call: Call, *, stream: bool) -> Request:
    """The request that puts a call to the model.

    Raises:
        ValueError: The model can't do what the call asks for, or the arguments contradict.
    """
    check_arguments(call, is_create_argument)
    arguments = {**settings.arguments, **call.extra_create_args}
    if not stream:
        # A client may be constructed with them for its streams; other requests can't have them.
        arguments.pop("stream_options", None)
    output_type = choose_format(arguments, call.json_output, settings.model_info)
    arguments["stream"] = stream
    arguments["messages"] = _messages(settings, call.messages, str(arguments["model"]))
    schemas = tool_schemas(call.tools)
    arguments |= _tool_arguments(settings, schemas, call.tool_choice)
    options = taken_options(arguments)
    return Request(
        model=str(arguments["model"]),
        body=in_wire_order(arguments, _FIRST_IN_BODY),
        options=options,
        name_by_api_name=name_by_api_name(schemas),
        output_type=output_type,
    )


def in_wire_order(arguments: Mapping[str, Any], first: Sequence[str]) -> dict[str, Any]:
    """The arguments as the SDK would write them: some at the front, the rest by the alphabet."""
    front = {key: arguments[key] for key in first if key in arguments}
    return front | dict(sorted(arguments.items()))


def _messages(
    settings: Settings, messages: Sequence[LLMMessage], model: str
) -> list[dict[str, Any]]:
    check_images(messages, settings.model_info)
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
    check_tools(schemas, settings.model_info)
    return {"tools": api_tools(schemas), "tool_choice": choice}
