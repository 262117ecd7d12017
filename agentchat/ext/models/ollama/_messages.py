"""LLM messages and tools as Ollama takes them."""

from collections.abc import Sequence
from typing import Any

from agentchat.core._image import Image
from agentchat.core.models import (
    AssistantMessage,
    FunctionExecutionResultMessage,
    LLMMessage,
    SystemMessage,
    UserMessage,
)
from agentchat.core.tools import ToolSchema
from agentchat.ext.models._requests import arguments_as_object

ApiMessage = dict[str, Any]


def api_messages(messages: Sequence[LLMMessage]) -> list[ApiMessage]:
    """The messages in Ollama's form; the results of several calls become a message each."""
    return [written for message in messages for written in _written(message)]


def api_tool(schema: ToolSchema) -> dict[str, Any]:
    """A tool in Ollama's form."""
    function = {
        "name": schema["name"],
        "description": schema.get("description", ""),
        "parameters": schema.get("parameters", {"type": "object", "properties": {}}),
    }
    return {"type": "function", "function": function}


def _written(message: LLMMessage) -> list[ApiMessage]:
    match message:
        case SystemMessage():
            return [{"role": "system", "content": message.content}]
        case UserMessage():
            return [_user(message)]
        case AssistantMessage():
            return [_assistant(message)]
        case FunctionExecutionResultMessage():
            return [
                {"role": "tool", "content": result.content, "tool_name": result.name}
                for result in message.content
            ]


def _user(message: UserMessage) -> ApiMessage:
    if isinstance(message.content, str):
        return {"role": "user", "content": message.content}
    texts = [part for part in message.content if isinstance(part, str)]
    images = [part.to_base64() for part in message.content if isinstance(part, Image)]
    written: ApiMessage = {"role": "user", "content": "\n".join(texts)}
    return written | ({"images": images} if images else {})


def _assistant(message: AssistantMessage) -> ApiMessage:
    if isinstance(message.content, str):
        return {"role": "assistant", "content": message.content}
    calls = [
        {"function": {"name": call.name, "arguments": arguments_as_object(call)}}
        for call in message.content
    ]
    return {"role": "assistant", "content": message.thought or "", "tool_calls": calls}
