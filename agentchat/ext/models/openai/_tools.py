"""Tools and the choice between them as the chat completions API takes them."""

from collections.abc import Sequence
from typing import Any, Literal

from agentchat.core.tools import Tool, ToolSchema
from agentchat.ext.models._names import api_name
from agentchat.ext.models._requests import chosen_tool

ToolChoice = Tool | Literal["auto", "required", "none"]


def api_tools(schemas: Sequence[ToolSchema]) -> list[dict[str, Any]]:
    """The tools in the API's form; `strict` is sent for those that ask for it, and only for them.

    Several servers refuse a request that says `strict: false`.
    """
    return [{"type": "function", "function": _function(schema)} for schema in schemas]


def name_by_api_name(schemas: Sequence[ToolSchema]) -> dict[str, str]:
    """What the tools are called here, by what the model calls them."""
    return {api_name(schema["name"]): schema["name"] for schema in schemas}


def api_tool_choice(choice: ToolChoice, schemas: Sequence[ToolSchema]) -> Any:
    """The choice in the API's form; None when there is nothing to choose from.

    Raises:
        ValueError: The chosen tool is not among the tools, or the choice is none of the four.
    """
    name = chosen_tool(choice, schemas, called="provided")
    if name is not None:
        return {"type": "function", "function": {"name": api_name(name)}}
    return choice if schemas else None


def _function(schema: ToolSchema) -> dict[str, Any]:
    function: dict[str, Any] = {
        "name": api_name(schema["name"]),
        "description": schema.get("description", ""),
        "parameters": schema.get("parameters", {}),
    }
    if schema.get("strict"):
        function["strict"] = True
    return function
