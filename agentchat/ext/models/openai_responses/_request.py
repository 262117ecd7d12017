"""A call to the model as one request to `/responses`."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from openai.types.responses.response_create_params import ResponseCreateParamsBase

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
)
from agentchat.ext.models.openai._request import Settings, in_wire_order
from agentchat.ext.models.openai._response_format import choose_format
from agentchat.ext.models.openai._tools import ToolChoice, api_tool_choice, name_by_api_name
from agentchat.ext.models.openai_responses._input import Item, function_tools, input_items

_RESERVED: Final = frozenset({"input", "stream", "tool_choice", "background", "stream_options"})

_FIRST_IN_BODY: Final = ("model", "stream", "instructions", "input")


def is_create_argument(name: str) -> bool:
    """Whether a call, or all calls of a client, may be given this argument."""
    if name in _RESERVED:
        return False
    # As with chat completions, so that clients can be exchanged; the API's own place is in `text`.
    known = name in ResponseCreateParamsBase.__annotations__ or name == "response_format"
    return known or name in OPTION_BY_ARGUMENT


def request_of(settings: Settings, call: Call, *, stream: bool) -> Request:
    """The request that puts a call to the model.

    Raises:
        ValueError: The model can't do what the call asks for, or the arguments contradict.
    """
    check_arguments(call, is_create_argument)
    arguments = {**settings.arguments, **call.extra_create_args}
    output_type = choose_format(arguments, call.json_output, settings.model_info)
    _put_format_into_text(arguments)
    arguments["stream"] = stream
    arguments["input"] = _input(settings, call.messages)
    schemas = tool_schemas(call.tools)
    arguments |= _tool_arguments(arguments, schemas, call.tool_choice, settings.model_info)
    options = taken_options(arguments)
    return Request(
        model=str(arguments["model"]),
        body=in_wire_order(arguments, _FIRST_IN_BODY),
        options=options,
        name_by_api_name=name_by_api_name(schemas),
        output_type=output_type,
    )


def _input(settings: Settings, messages: Sequence[LLMMessage]) -> list[Item]:
    check_images(messages, settings.model_info)
    return input_items(messages, name_prefixes=settings.add_name_prefixes)


def _tool_arguments(
    arguments: Mapping[str, Any],
    schemas: Sequence[ToolSchema],
    tool_choice: ToolChoice,
    model_info: ModelInfo,
) -> dict[str, Any]:
    """The tools of the call beside those that the server has itself."""
    builtin = list(arguments.get("tools") or [])
    choice = api_tool_choice(tool_choice, schemas)
    check_tools(schemas, model_info)
    if not schemas:
        # With tools of the server alone, nothing was said that it would not do by itself.
        return {"tool_choice": "none"} if builtin and tool_choice == "none" else {}
    if isinstance(choice, dict):
        choice = {"type": "function", "name": choice["function"]["name"]}
    return {"tools": [*builtin, *function_tools(schemas)], "tool_choice": choice}


def _put_format_into_text(arguments: dict[str, Any]) -> None:
    form = arguments.pop("response_format", None)
    if form is not None:
        flat = {key: value for key, value in form.items() if key != "json_schema"}
        flat |= form.get("json_schema") or {}
        arguments["text"] = {**(arguments.get("text") or {}), "format": flat}
