"""A call to the model as one request of the messages API."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from anthropic import transform_schema
from anthropic.types.message_create_params import MessageCreateParamsBase
from pydantic import BaseModel

from agentchat.core.logging import TRACE_LOGGER_NAME
from agentchat.core.models import (
    AssistantMessage,
    FunctionExecutionResultMessage,
    LLMMessage,
    ModelInfo,
)
from agentchat.core.tools import ToolSchema
from agentchat.ext.models._cache_key import Call
from agentchat.ext.models._names import api_name
from agentchat.ext.models._requests import (
    OPTION_BY_ARGUMENT,
    Request,
    check_arguments,
    check_images,
    check_output,
    check_tools,
    chosen_tool,
    system_text,
    taken_options,
    tool_schemas,
    with_stripped_end,
)
from agentchat.ext.models.anthropic._kept_blocks import KeptBlocks
from agentchat.ext.models.anthropic._messages import (
    api_messages,
    api_tool,
    lacks_thinking,
    tools_in,
)
from agentchat.ext.models.anthropic.config import CreateArguments

trace_logger = logging.getLogger(TRACE_LOGGER_NAME)

RESERVED_ARGUMENTS: Final = frozenset({"stream", "messages", "system"})
"""Arguments that the client sets itself."""

CREATE_ARGUMENTS: Final = frozenset(
    {
        *MessageCreateParamsBase.__annotations__,
        *CreateArguments.__annotations__,
        *OPTION_BY_ARGUMENT,
    }
    - RESERVED_ARGUMENTS
)
"""Arguments that a call, or all calls of a client, may be given."""

_MAX_TOKENS = 4096
_JSON_ONLY = "Answer with one JSON object, and with nothing before or after it."


@dataclass(frozen=True)
class Settings:
    """What a client was constructed with, as far as requests are concerned."""

    arguments: Mapping[str, Any]
    """Arguments of every call, `model` among them."""

    model_info: ModelInfo
    kept: KeptBlocks


def request_of(
    settings: Settings, call: Call, tools_before: Sequence[Mapping[str, Any]], *, stream: bool
) -> Request:
    """The request that puts a call to the model.

    Args:
        settings: The client's.
        call: What the caller asks for.
        tools_before: Those of the last request that had any.
        stream: Whether the reply shall come in pieces.

    Raises:
        ValueError: The model can't do what the call asks for, or the arguments contradict.
    """
    check_arguments(call, CREATE_ARGUMENTS.__contains__)
    given = {"max_tokens": _MAX_TOKENS} | dict(settings.arguments) | dict(call.extra_create_args)
    arguments = {name: value for name, value in given.items() if value is not None}
    model = str(arguments["model"])
    output_type, wants_json = _form_of_answer(arguments, call, settings.model_info)
    system = system_text(call.messages, settings.model_info)
    if wants_json:
        system = f"{system}\n\n{_JSON_ONLY}" if system else _JSON_ONLY
    check_images(call.messages, settings.model_info)
    check_tools(call.tools, settings.model_info)
    messages = with_stripped_end(call.messages)
    schemas = tool_schemas(call.tools)
    body = arguments | {"stream": stream}
    body |= {"system": system} if system else {}
    body |= _tool_arguments(arguments, call, schemas, tools_before)
    _settle_thinking(body, messages, settings.kept)
    body["messages"] = api_messages(messages, model, settings.kept)
    options = taken_options(body)
    names = {api_name(schema["name"]): schema["name"] for schema in schemas}
    return Request(model, body, options, names, output_type)


def _form_of_answer(
    arguments: dict[str, Any], call: Call, model_info: ModelInfo
) -> tuple[type[BaseModel] | None, bool]:
    """The class that the answer shall be of, and whether it shall at least be JSON."""
    json_output = call.json_output
    form = arguments.pop("response_format", {}).get("type")
    if json_output is None and form == "json_object":
        json_output = True
    check_output(json_output, model_info)
    if json_output is None or isinstance(json_output, bool):
        return None, json_output is True
    # A schema is kept by the API itself, unlike the mere wish for JSON.
    output = {"format": {"type": "json_schema", "schema": transform_schema(json_output)}}
    arguments["output_config"] = dict(arguments.get("output_config", {})) | output
    return json_output, False


def _tool_arguments(
    arguments: Mapping[str, Any],
    call: Call,
    schemas: Sequence[ToolSchema],
    tools_before: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    own = list(arguments.get("tools", []))
    tools = [*own, *(api_tool(schema) for schema in schemas)]
    choice = _api_choice(call, schemas) or _own_choice(arguments)
    if not schemas and _speaks_of_tools(call.messages):
        # The API refuses a conversation about tools without any; but none was given for this call.
        known = list(tools_before) or [*own, *tools_in(call.messages)]
        return {"tools": known, "tool_choice": {"type": "none"} if not own else choice}
    return {"tools": tools, "tool_choice": choice} if tools else {}


def _api_choice(call: Call, schemas: Sequence[ToolSchema]) -> dict[str, Any] | None:
    """The call's choice in the API's form; None when it leaves the choice to the model."""
    name = chosen_tool(call.tool_choice, schemas)
    if name is not None:
        return {"type": "tool", "name": api_name(name)}
    if call.tool_choice == "required":
        return {"type": "any"}
    return {"type": "none"} if call.tool_choice == "none" else None


def _own_choice(arguments: Mapping[str, Any]) -> Any:
    choice = arguments.get("tool_choice", "auto")
    return {"type": choice} if isinstance(choice, str) else choice


def _speaks_of_tools(messages: Sequence[LLMMessage]) -> bool:
    return any(
        isinstance(message, FunctionExecutionResultMessage)
        or (isinstance(message, AssistantMessage) and not isinstance(message.content, str))
        for message in messages
    )


def _settle_thinking(
    body: dict[str, Any], messages: Sequence[LLMMessage], kept: KeptBlocks
) -> None:
    """Does without thinking where the API would refuse it."""
    thinking = body.get("thinking")
    if thinking is None:
        return
    body["thinking"] = {key: value for key, value in thinking.items() if value is not None}
    if thinking["type"] == "enabled" and lacks_thinking(messages, body["model"], kept):
        del body["thinking"]
        trace_logger.warning(
            "The thinking behind the calls in this conversation is not known here, so that %s "
            "must answer without thinking until the next message of a user.",
            body["model"],
        )
