"""LLM messages and tools as the messages API takes them."""

from collections.abc import Mapping, Sequence
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
from agentchat.ext.models._requests import arguments_as_object
from agentchat.ext.models.anthropic._kept_blocks import Block, KeptBlocks

ApiMessage = dict[str, Any]


def api_messages(messages: Sequence[LLMMessage], model: str, kept: KeptBlocks) -> list[ApiMessage]:
    """The messages in the API's form, without system messages: those have a place of their own."""
    return [
        _written(message, model, kept)
        for message in messages
        if not isinstance(message, SystemMessage)
    ]


def lacks_thinking(messages: Sequence[LLMMessage], model: str, kept: KeptBlocks) -> bool:
    """Whether the turn that goes on began with calls whose thinking is not known.

    The API refuses to think on in such a turn. Earlier turns may lack theirs.
    """
    begins = max(
        (at for at, message in enumerate(messages) if isinstance(message, UserMessage)), default=-1
    )
    answers = [
        message for message in messages[begins + 1 :] if isinstance(message, AssistantMessage)
    ]
    return bool(
        answers
        and isinstance(answers[0].content, list)
        and kept.of(model, answers[0].content) is None
    )


def api_tool(schema: ToolSchema) -> dict[str, Any]:
    """A tool in the API's form; `strict` is sent for those that ask for it."""
    parameters: Mapping[str, Any] = schema.get("parameters") or {}
    tool = {
        "name": api_name(schema["name"]),
        "description": schema.get("description", ""),
        "input_schema": {"type": "object", "properties": {}} | dict(parameters),
    }
    return tool | ({"strict": True} if schema.get("strict") else {})


def tools_in(messages: Sequence[LLMMessage]) -> list[dict[str, Any]]:
    """The least that can be said of the tools that were called, each once: their names."""
    names = {
        call.name: None
        for message in messages
        if isinstance(message, AssistantMessage) and isinstance(message.content, list)
        for call in message.content
    }
    return [{"name": api_name(name), "input_schema": {"type": "object"}} for name in names]


def _written(message: LLMMessage, model: str, kept: KeptBlocks) -> ApiMessage:
    match message:
        case UserMessage():
            return {"role": "user", "content": _user_content(message)}
        case AssistantMessage():
            return {"role": "assistant", "content": _assistant_content(message, model, kept)}
        case FunctionExecutionResultMessage():
            return {"role": "user", "content": [_result(result) for result in message.content]}
        case _:
            raise TypeError(f"The messages API has no place for {message!r} here.")


def _user_content(message: UserMessage) -> str | list[Block]:
    if isinstance(message.content, str):
        return _filled(message.content)
    return [_image(part) if isinstance(part, Image) else _text(part) for part in message.content]


def _assistant_content(
    message: AssistantMessage, model: str, kept: KeptBlocks
) -> str | list[Block]:
    blocks = kept.of(model, message.content)
    if isinstance(message.content, str):
        return blocks or _filled(message.content)
    if blocks is None:
        thought = [_text(message.thought)] if message.thought else []
        return thought + [_call(call) for call in message.content]
    # The arguments are the message's: whoever changed them had a reason.
    call_by_id = {call.id: call for call in message.content}
    return [
        _call(call_by_id[block["id"]]) if block["type"] == "tool_use" else block for block in blocks
    ]


def _call(call: FunctionCall) -> Block:
    return {
        "type": "tool_use",
        "id": call.id,
        "name": api_name(call.name),
        "input": arguments_as_object(call),
    }


def _result(result: FunctionExecutionResult) -> Block:
    block = {"type": "tool_result", "tool_use_id": result.call_id, "content": result.content}
    return block | ({"is_error": True} if result.is_error else {})


def _image(image: Image) -> Block:
    media_type = image.data_uri.removeprefix("data:").partition(";")[0]
    source = {"type": "base64", "media_type": media_type, "data": image.to_base64()}
    return {"type": "image", "source": source}


def _text(text: str) -> Block:
    return {"type": "text", "text": _filled(text)}


def _filled(text: str) -> str:
    """The text; one space for an empty one, which the API refuses."""
    return text or " "
