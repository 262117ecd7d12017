"""What form an answer shall have: text, JSON, or JSON of a pydantic class."""

import warnings
from functools import lru_cache
from typing import Any

from openai import pydantic_function_tool
from pydantic import BaseModel

from agentchat.core.models import ModelInfo
from agentchat.ext.models._requests import check_output


def choose_format(
    arguments: dict[str, Any], json_output: bool | type[BaseModel] | None, model_info: ModelInfo
) -> type[BaseModel] | None:
    """Puts the `response_format` into the arguments; gives the class the answer shall be of.

    Raises:
        ValueError: The model can't do it, or two classes are asked for.
    """
    output_type = _taken_class(arguments)
    check_output(json_output, model_info)
    if isinstance(json_output, bool):
        arguments["response_format"] = {"type": "json_object" if json_output else "text"}
    elif json_output is not None:
        if output_type is not None:
            raise ValueError(
                "response_format and json_output cannot be set to a Pydantic model class "
                "at the same time."
            )
        output_type = json_output
    if output_type is None:
        return None
    check_output(output_type, model_info)
    if "response_format" in arguments:
        warnings.warn(
            "response_format is found in extra_create_args while json_output is set to a Pydantic "
            "model class. Skipping the response_format in extra_create_args in favor of the "
            "json_output. Structured output will be used.",
            UserWarning,
            stacklevel=4,
        )
    arguments["response_format"] = _format_of(output_type)
    return output_type


def _taken_class(arguments: dict[str, Any]) -> type[BaseModel] | None:
    value = arguments.get("response_format")
    if not isinstance(value, type) or not issubclass(value, BaseModel):
        return None
    warnings.warn(
        "Using response_format to specify the BaseModel for structured output type will be "
        "deprecated. Use json_output in create and create_stream instead.",
        DeprecationWarning,
        stacklevel=5,
    )
    del arguments["response_format"]
    return value


@lru_cache(maxsize=64)
def _format_of(output_type: type[BaseModel]) -> dict[str, Any]:
    # The SDK's public way to a schema that strict mode accepts.
    function = pydantic_function_tool(output_type)["function"]
    schema = {"schema": function["parameters"], "name": output_type.__name__, "strict": True}
    return {"type": "json_schema", "json_schema": schema}
