"""A recorded request as the call that it was."""

from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel, TypeAdapter
from pydantic_core import from_json

from agentchat.core import Image
from agentchat.core.models import LLMMessage
from agentchat.core.tools import Tool, ToolSchema
from agentchat.ext.models._cache_key import Call
from harness.interactions import Request

_MESSAGES: TypeAdapter[list[LLMMessage]] = TypeAdapter(list[LLMMessage])


@dataclass(frozen=True, slots=True)
class RecordedTool:
    """A tool that had to be called, as far as a request tells it: it can't be run."""

    schema: ToolSchema


def call_of(request: Request) -> Call:
    """The call that a request was made of; a class for the answer takes any object here.

    Raises:
        ValueError: The request is not a call of a model client.
    """
    said = from_json(request.body)
    tools = said.get("tools", [])
    output = said.get("json_output")
    return Call(
        messages=_MESSAGES.validate_python([_unshown(message) for message in said["messages"]]),
        tools=tools,
        tool_choice=_choice(said.get("tool_choice", "auto"), tools),
        json_output=_class_with(output) if isinstance(output, dict) else output,
        extra_create_args=said.get("extra_create_args", {}),
    )


def _unshown(message: dict[str, Any]) -> dict[str, Any]:
    """A message whose data URLs are pictures again."""
    content = message["content"]
    if not isinstance(content, list):
        return message
    return {**message, "content": [_part(part) for part in content]}


def _part(part: Any) -> Any:
    if isinstance(part, dict) and part.keys() == {"image"}:
        return Image.from_base64(part["image"].partition(",")[2])
    return part


def _choice(choice: Any, tools: list[ToolSchema]) -> Any:
    if isinstance(choice, str):
        return choice
    schema = next(tool for tool in tools if tool["name"] == choice["name"])
    return cast(Tool, RecordedTool(schema))


def _class_with(schema: dict[str, Any]) -> type[BaseModel]:
    class Output(BaseModel, extra="allow"):
        @classmethod
        def model_json_schema(cls, *_: Any, **__: Any) -> dict[str, Any]:
            return schema

    Output.__name__ = str(schema.get("title", Output.__name__))
    return Output
