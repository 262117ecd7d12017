"""A call to the model as one request of Ollama's chat."""

import warnings
from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel

from agentchat.core.models import ModelInfo
from agentchat.ext.models._cache_key import Call
from agentchat.ext.models._requests import (
    Request,
    check_arguments,
    check_images,
    check_output,
    check_tools,
    chosen_tool,
    tool_schemas,
)
from agentchat.ext.models.ollama._messages import api_messages, api_tool
from agentchat.ext.models.ollama.config import CreateArguments, Options

OPTIONS: Final = frozenset(Options.__annotations__)
"""Arguments that are the model's options."""

CREATE_ARGUMENTS: Final = frozenset(CreateArguments.__annotations__) - {"host"}
"""Arguments of the body, or that become one."""

KNOWN_ARGUMENTS: Final = frozenset({*CREATE_ARGUMENTS, *OPTIONS, "options"})
"""All arguments that a call, or all calls of a client, may be given."""


def gathered(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of requests, those that are the model's options in `options`, without None."""
    given = {name: value for name, value in arguments.items() if value is not None}
    options = dict(given.pop("options", {}))
    options |= {name: given.pop(name) for name in list(given) if name in OPTIONS}
    options = {name: value for name, value in options.items() if value is not None}
    create = {name: value for name, value in given.items() if name in CREATE_ARGUMENTS}
    return create | ({"options": options} if options else {})


def request_of(
    arguments: Mapping[str, Any], model_info: ModelInfo, call: Call, *, stream: bool
) -> Request:
    """The request that puts a call to the model; how it is sent is the client's.

    Raises:
        ValueError: The model can't do what the call asks for, or the arguments contradict.
    """
    check_arguments(call, KNOWN_ARGUMENTS.__contains__)
    extra = gathered(call.extra_create_args)
    body = {**arguments, **extra}
    if "options" in arguments and "options" in extra:
        body["options"] = {**arguments["options"], **extra["options"]}
    output_type = _choose_format(body, call.json_output, model_info)
    check_images(call.messages, model_info)
    check_tools(call.tools, model_info)
    body["messages"] = api_messages(call.messages)
    body["stream"] = stream
    tools = _tools(call)
    if tools:
        body["tools"] = tools
    return Request(str(body["model"]), body, output_type=output_type)


def _choose_format(
    body: dict[str, Any], json_output: bool | type[BaseModel] | None, model_info: ModelInfo
) -> type[BaseModel] | None:
    """Puts the `format` into the body; gives the class that the answer shall be of."""
    if "format" in body and json_output is not None:
        raise ValueError(
            "json_output and format cannot be set at the same time. Use json_output instead."
        )
    form = body.pop("response_format", None)
    if form is not None:
        json_output = _checked_class(form, json_output)
    check_output(json_output, model_info)
    if json_output is True:
        body["format"] = "json"
    if json_output is None or isinstance(json_output, bool):
        return None
    body["format"] = json_output.model_json_schema()
    return json_output


def _checked_class(form: Any, json_output: bool | type[BaseModel] | None) -> type[BaseModel]:
    if not isinstance(form, type) or not issubclass(form, BaseModel):
        # The type of error is upstream's.
        raise ValueError(  # noqa: TRY004
            f"response_format must be a Pydantic model class, not {type(form)}"
        )
    if json_output is not None and not isinstance(json_output, bool):
        raise ValueError(
            "response_format and json_output cannot be set to a Pydantic model class at the same "
            "time. Use json_output instead."
        )
    warnings.warn(
        "Using response_format to specify the BaseModel for structured output type will be "
        "deprecated. Use json_output in create and create_stream instead.",
        DeprecationWarning,
        stacklevel=6,
    )
    return form


def _tools(call: Call) -> list[dict[str, Any]]:
    """What the model is offered: Ollama has no other way to say what it must call."""
    schemas = tool_schemas(call.tools)
    chosen = chosen_tool(call.tool_choice, schemas)
    if call.tool_choice == "required" and not schemas:
        raise ValueError("tool_choice 'required' specified but no tools provided")
    if call.tool_choice == "none":
        return []
    return [api_tool(schema) for schema in schemas if chosen is None or schema["name"] == chosen]
