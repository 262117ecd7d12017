"""Private functions of AutoGen that programs import, on top of what does their work here."""

import inspect
from collections.abc import Callable
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from agentchat.core._json_schema import schema_to_pydantic_model
from agentchat.core._message_types import AnyType
from agentchat.core._schema import (
    args_base_model_from_signature,
    get_typed_signature,
    name_of,
    parameters_schema,
)
from agentchat.core.models import FinishReasons

__all__ = [
    "AnyType",
    "JSONSchemaToPydantic",
    "get_default_values",
    "get_function_schema",
    "get_required_params",
    "get_typed_return_annotation",
    "get_types",
    "is_union",
    "normalize_stop_reason",
]

_FINISH_REASONS: dict[str, FinishReasons] = {
    "stop": "stop",
    "end_turn": "stop",
    "length": "length",
    "content_filter": "content_filter",
    "function_calls": "function_calls",
    "tool_calls": "function_calls",
}


class JSONSchemaToPydantic:
    """Makes pydantic classes out of JSON schemas."""

    def json_schema_to_pydantic(
        self, schema: dict[str, Any], model_name: str = "GeneratedModel"
    ) -> type[BaseModel]:
        """The class that the schema describes."""
        return schema_to_pydantic_model(schema, model_name)


def is_union(annotation: object) -> bool:
    """Whether an annotation is a union, written in either way."""
    return get_origin(annotation) in (Union, UnionType)


def get_types(annotation: object) -> tuple[type, ...] | None:
    """The classes that an annotation names; None if it names anything else."""
    members = get_args(annotation) if is_union(annotation) else (annotation,)
    named = [{Any: AnyType, None: NoneType}.get(member, member) for member in members]
    classes = tuple(each for each in named if isinstance(each, type))
    return classes if len(classes) == len(named) else None


def get_typed_return_annotation(call: Callable[..., Any]) -> Any:
    """The type that a function returns; None if it does not say."""
    returned = get_typed_signature(call).return_annotation
    return None if returned is inspect.Signature.empty else returned


def get_required_params(typed_signature: inspect.Signature) -> list[str]:
    """The parameters that have no default."""
    parameters = typed_signature.parameters.values()
    return [each.name for each in parameters if each.default is inspect.Signature.empty]


def get_default_values(typed_signature: inspect.Signature) -> dict[str, Any]:
    """The defaults of the parameters that have one."""
    parameters = typed_signature.parameters.values()
    return {each.name: each.default for each in parameters if each.default is not each.empty}


def get_function_schema(
    f: Callable[..., Any], *, name: str | None = None, description: str
) -> dict[str, Any]:
    """A function as OpenAI's API takes it for a tool.

    Raises:
        ValueError: A parameter has neither a type nor a default.
    """
    signature = get_typed_signature(f)
    schema = parameters_schema(args_base_model_from_signature(name_of(f), signature))
    properties = {
        key: {field: each for field, each in of_key.items() if field != "title"}
        for key, of_key in schema["properties"].items()
    }
    return {
        "type": "function",
        "function": {
            "description": description,
            "name": name or name_of(f),
            "parameters": {
                "type": "object",
                "properties": properties,
                "required": schema["required"],
            },
        },
    }


def normalize_stop_reason(stop_reason: str | None) -> FinishReasons:
    """A vendor's word for why an answer ended, as ours."""
    return _FINISH_REASONS.get((stop_reason or "").lower(), "unknown")
