"""Tools and the choice between them as the chat completions API takes them."""

from collections.abc import Sequence
from typing import Any, Literal

from agentchat.core.tools import Tool, ToolSchema
from agentchat.ext.models.openai._names import api_name

ToolChoice = Tool | Literal["auto", "required", "none"]


def tool_schemas(tools: Sequence[Tool | ToolSchema]) -> list[ToolSchema]:
    """The schemas of the tools, some of which may be schemas already."""
    return [tool if isinstance(tool, dict) else tool.schema for tool in tools]


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
    if isinstance(choice, str):
        if choice not in ("auto", "required", "none"):
            raise _unknown_choice(choice)
        return choice if schemas else None
    # isinstance(choice, Tool) would build the schema only to see that there is one.
    if not hasattr(choice, "schema"):
        raise _unknown_choice(choice)
    if not schemas:
        raise ValueError("tool_choice specified but no tools provided")
    name = choice.schema["name"]
    if all(schema["name"] != name for schema in schemas):
        raise ValueError(f"tool_choice references '{name}' but it's not in the provided tools")
    return {"type": "function", "function": {"name": api_name(name)}}


def _function(schema: ToolSchema) -> dict[str, Any]:
    function: dict[str, Any] = {
        "name": api_name(schema["name"]),
        "description": schema.get("description", ""),
        "parameters": schema.get("parameters", {}),
    }
    if schema.get("strict"):
        function["strict"] = True
    return function


def _unknown_choice(choice: object) -> ValueError:
    return ValueError(
        "tool_choice must be a Tool object, 'auto', 'required', or 'none', "
        f"got {choice!r} ({type(choice)})"
    )
