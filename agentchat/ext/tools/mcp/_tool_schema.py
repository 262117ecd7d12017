"""What a server says of a tool: for a model, for validation, and as a hash."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from pydantic import BaseModel, ConfigDict

from agentchat.core.utils import SchemaConversionError, schema_to_pydantic_model

_APPROVED = ("name", "title", "description", "inputSchema", "outputSchema", "annotations")


def parameters_of(tool: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a tool's arguments, complete where the server was brief."""
    return {"type": "object", "properties": {}, **tool["inputSchema"]}


def hash_of(tool: Mapping[str, Any]) -> str:
    """The SHA-256, in hex, of all that a model or a person is told of a tool."""
    told = {name: tool[name] for name in _APPROVED if name in tool}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def arguments_model(tool: Mapping[str, Any]) -> type[BaseModel]:
    """A pydantic class of a tool's arguments.

    It takes what the schema does not mention, unless that is forbidden; and it takes everything
    when the schema has no pydantic form, since the server validates too.
    """
    schema, name = parameters_of(tool), f"{tool['name']}Args"
    try:
        model = schema_to_pydantic_model(schema, name)
    except (SchemaConversionError, NotImplementedError):
        model = BaseModel
    if schema.get("additionalProperties") is False:
        return model
    return type(name, (model,), {"model_config": ConfigDict(extra="allow")})
