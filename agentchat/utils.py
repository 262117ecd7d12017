"""Messages in other shapes: as text, without images, as AutoGen 0.2's dicts; and `run_sync`."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel

from agentchat.core import FunctionCall, Image
from agentchat.core._sync import run_sync
from agentchat.core.models import FunctionExecutionResult, LLMMessage, UserMessage
from agentchat.messages import (
    BaseAgentEvent,
    BaseChatMessage,
    MultiModalMessage,
    StructuredMessage,
    TextMessage,
    ToolCallExecutionEvent,
    ToolCallRequestEvent,
)

__all__ = [
    "content_to_str",
    "convert_to_v02_message",
    "convert_to_v04_message",
    "remove_images",
    "run_sync",
]


def content_to_str(
    content: str
    | BaseModel
    | Sequence[str | Image | FunctionCall | FunctionExecutionResult | BaseModel],
) -> str:
    """The content of any message as text: models as JSON, one list item a line."""
    if isinstance(content, str):
        return content
    if isinstance(content, BaseModel):
        return content.model_dump_json()
    return "\n".join("<image>" if isinstance(part, Image) else str(part) for part in content)


def remove_images(messages: Sequence[LLMMessage]) -> list[LLMMessage]:
    """The same messages with `<image>` where a user's message had an image."""
    return [
        message.model_copy(update={"content": content_to_str(message.content)})
        if isinstance(message, UserMessage) and not isinstance(message.content, str)
        else message
        for message in messages
    ]


def convert_to_v02_message(
    message: BaseAgentEvent | BaseChatMessage,
    role: Literal["assistant", "user", "tool"],
    image_detail: Literal["auto", "high", "low"] = "auto",
) -> dict[str, Any]:
    """A message of `TaskResult.messages` as one of AutoGen 0.2's `ChatResult.chat_history`.

    Text, images, tool calls and tool results come back unchanged from `convert_to_v04_message`;
    every other kind becomes its text. Version 0.2 has no place for ids, usage and metadata.

    Args:
        message: Of any kind.
        role: Whose the message is in the new history; tool calls and results have a role of their
            own.
        image_detail: How closely a model should look at the images.

    Raises:
        ValueError: It is no message.
    """
    match message:
        case ToolCallRequestEvent():
            return _tool_calls_to_v02(message)
        case ToolCallExecutionEvent():
            return _tool_responses_to_v02(message)
        case MultiModalMessage():
            content: Any = [_part_to_v02(part, image_detail) for part in message.content]
        case StructuredMessage():
            content = message.content.model_dump_json()
        case BaseChatMessage() | BaseAgentEvent():
            content = message.to_text()
        case _:
            raise ValueError(f"Invalid message type: {type(message)}")
    return {"content": content, "role": role, "name": message.source}


def _part_to_v02(part: str | Image, detail: Literal["auto", "high", "low"]) -> Mapping[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    return part.to_openai_format(detail=detail)


def _tool_calls_to_v02(message: ToolCallRequestEvent) -> dict[str, Any]:
    calls = [
        {
            "id": call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": call.arguments},
        }
        for call in message.content
    ]
    return {"tool_calls": calls, "role": "assistant", "content": None, "name": message.source}


def _tool_responses_to_v02(message: ToolCallExecutionEvent) -> dict[str, Any]:
    responses = [
        {
            "tool_call_id": result.call_id,
            "role": "tool",
            "name": result.name,
            "content": result.content,
        }
        for result in message.content
    ]
    return {
        "tool_responses": responses,
        "role": "tool",
        "content": "\n\n".join(result.content for result in message.content),
        "name": message.source,
    }


def convert_to_v04_message(message: Mapping[str, Any]) -> BaseAgentEvent | BaseChatMessage:
    """A message of AutoGen 0.2's history as one of ours.

    A message without a `name` comes from its `role`; tool results without one, from `tools`.

    Raises:
        ValueError: There is neither content nor a tool call in it, or an image that is not in it
            but behind an address.
    """
    content = message.get("content")
    source = message.get("name") or message.get("role", "user")
    if message.get("tool_calls"):
        calls = [_call_from_v02(call["id"], call["function"]) for call in message["tool_calls"]]
        return ToolCallRequestEvent(source=source, content=calls)
    if message.get("function_call"):
        return ToolCallRequestEvent(
            source=source, content=[_call_from_v02("", message["function_call"])]
        )
    if responses := _tool_responses(message):
        return ToolCallExecutionEvent(
            source=message.get("name") or "tools",
            content=[_result_from_v02(response) for response in responses],
        )
    if isinstance(content, list):
        return MultiModalMessage(source=source, content=[_part_from_v02(part) for part in content])
    if isinstance(content, str):
        return TextMessage(source=source, content=content)
    raise ValueError(f"Unable to convert message: {message}")


def _call_from_v02(call_id: str, function: Mapping[str, Any]) -> FunctionCall:
    # Version 0.2 itself says `arguments`; the converter printed in its migration guide, `args`.
    arguments = function["arguments"] if "arguments" in function else function["args"]
    return FunctionCall(id=call_id, name=function["name"], arguments=arguments)


def _tool_responses(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The results in a message: several, one of a tool, or one of a function as it was before."""
    if "tool_responses" in message:
        return list(message["tool_responses"])
    return [message] if "tool_call_id" in message or message.get("role") == "function" else []


def _result_from_v02(response: Mapping[str, Any]) -> FunctionExecutionResult:
    return FunctionExecutionResult(
        content=response["content"],
        name=response.get("name", ""),
        call_id=response.get("tool_call_id", ""),
        is_error=False,
    )


def _part_from_v02(part: Mapping[str, Any]) -> str | Image:
    if part["type"] == "text":
        return str(part["text"])
    image_url = part["image_url"]
    return Image.from_uri(image_url if isinstance(image_url, str) else image_url["url"])
