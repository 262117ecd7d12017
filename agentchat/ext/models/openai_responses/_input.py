"""LLM messages and tools as the Responses API takes them.

What was one message in a conversation is one or several items here: text, calls and results each
stand alone.
"""

from collections.abc import Sequence
from typing import Any

from agentchat.core._function_call import FunctionCall
from agentchat.core._image import Image
from agentchat.core.models import (
    AssistantMessage,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    LLMMessage,
    SystemMessage,
    UserMessage,
)
from agentchat.core.tools import ToolSchema
from agentchat.ext.models._names import api_name

Item = dict[str, Any]


def input_items(messages: Sequence[LLMMessage], *, name_prefixes: bool = False) -> list[Item]:
    """The messages as items.

    Args:
        messages: The conversation, oldest first.
        name_prefixes: Begin the text of user messages with `<source> said:`; the API has no other
            place for who said it.
    """
    return [item for message in messages for item in _items(message, name_prefixes)]


def call_item(call: FunctionCall) -> Item:
    """A call that the model has asked for."""
    return {
        "type": "function_call",
        "call_id": call.id,
        "name": api_name(call.name),
        "arguments": call.arguments,
    }


def result_item(result: FunctionExecutionResult) -> Item:
    """What came of a call."""
    return {"type": "function_call_output", "call_id": result.call_id, "output": result.content}


def function_tools(schemas: Sequence[ToolSchema]) -> list[Item]:
    """The tools; `strict` is always said, since the API takes its absence for a yes."""
    return [
        {
            "type": "function",
            "name": api_name(schema["name"]),
            "description": schema.get("description", ""),
            "parameters": schema.get("parameters", {"type": "object", "properties": {}}),
            "strict": bool(schema.get("strict")),
        }
        for schema in schemas
    ]


def _items(message: LLMMessage, name_prefixes: bool) -> list[Item]:
    match message:
        case SystemMessage():
            return [{"role": "system", "content": message.content}]
        case UserMessage():
            prefix = f"{message.source} said:\n" if name_prefixes else ""
            return [{"role": "user", "content": _user_content(message.content, prefix)}]
        case AssistantMessage():
            return _assistant_items(message)
        case FunctionExecutionResultMessage():
            return [result_item(result) for result in message.content]


def _assistant_items(message: AssistantMessage) -> list[Item]:
    if isinstance(message.content, str):
        return [{"role": "assistant", "content": message.content}]
    said = [{"role": "assistant", "content": message.thought}] if message.thought else []
    return [*said, *map(call_item, message.content)]


def _user_content(content: str | list[str | Image], prefix: str) -> str | list[Item]:
    if isinstance(content, str):
        return prefix + content
    parts: list[Item] = []
    for part in content:
        if isinstance(part, Image):
            image = {"type": "input_image", "image_url": part.data_uri, "detail": "auto"}
            parts.append(image)
        else:
            parts.append({"type": "input_text", "text": prefix + part})
            prefix = ""
    return parts
