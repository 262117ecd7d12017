"""Messages of v0.2, which are dicts, from and to those of v0.4, which have classes.

No model is asked, so no key is needed:

    python docs/guide/examples/message_conversion.py
"""

import json
from typing import Any, Literal

from agentchat.core import FunctionCall, Image
from agentchat.core.models import FunctionExecutionResult
from agentchat.messages import (
    BaseAgentEvent,
    BaseChatMessage,
    HandoffMessage,
    MultiModalMessage,
    StopMessage,
    TextMessage,
    ToolCallExecutionEvent,
    ToolCallRequestEvent,
    ToolCallSummaryMessage,
)

Role = Literal["assistant", "user", "tool"]
Detail = Literal["auto", "high", "low"]


def convert_to_v02_message(
    message: BaseAgentEvent | BaseChatMessage, role: Role, image_detail: Detail = "auto"
) -> dict[str, Any]:
    """A v0.4 message as v0.2 has it.

    Args:
        message: The message.
        role: Whose it is, in v0.2; tool calls and results have theirs.
        image_detail: How closely the model is to look at a picture.

    Raises:
        ValueError: v0.2 has nothing like it.
    """
    match message:
        case TextMessage() | StopMessage() | HandoffMessage() | ToolCallSummaryMessage():
            return {"content": message.content, "role": role, "name": message.source}
        case MultiModalMessage():
            parts = [_v02_part(part, image_detail) for part in message.content]
            return {"content": parts, "role": role, "name": message.source}
        case ToolCallRequestEvent():
            calls = [_v02_call(call) for call in message.content]
            head = {"tool_calls": calls, "role": "assistant"}
            return {**head, "content": None, "name": message.source}
        case ToolCallExecutionEvent():
            text = "\n\n".join(result.content for result in message.content)
            responses = [_v02_response(result) for result in message.content]
            return {"tool_responses": responses, "role": "tool", "content": text}
    raise ValueError(f"Invalid message type: {type(message)}")


def convert_to_v04_message(message: dict[str, Any]) -> BaseAgentEvent | BaseChatMessage:
    """A v0.2 message as v0.4 has it.

    Raises:
        ValueError: It has no content.
    """
    match message:
        case {"tool_calls": calls, "name": source}:
            return ToolCallRequestEvent(source=source, content=[_v04_call(call) for call in calls])
        case {"tool_responses": responses}:
            results = [_v04_result(response) for response in responses]
            return ToolCallExecutionEvent(source="tools", content=results)
        case {"content": str(text), "name": source}:
            return TextMessage(content=text, source=source)
        case {"content": list(parts), "name": source}:
            return MultiModalMessage(content=[_v04_part(part) for part in parts], source=source)
    raise ValueError(f"Unable to convert message: {message}")


def _v02_part(part: str | Image, detail: Detail) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    return dict(part.to_openai_format(detail=detail))


def _v04_part(part: dict[str, Any]) -> str | Image:
    if part["type"] == "text":
        return str(part["text"])
    return Image.from_uri(part["image_url"]["url"])


def _v02_call(call: FunctionCall) -> dict[str, Any]:
    function = {"name": call.name, "args": call.arguments}
    return {"id": call.id, "type": "function", "function": function}


def _v04_call(call: dict[str, Any]) -> FunctionCall:
    function = call["function"]
    return FunctionCall(id=call["id"], name=function["name"], arguments=function["args"])


def _v02_response(result: FunctionExecutionResult) -> dict[str, Any]:
    named = {"tool_call_id": result.call_id, "name": result.name}
    return {**named, "role": "tool", "content": result.content}


def _v04_result(response: dict[str, Any]) -> FunctionExecutionResult:
    return FunctionExecutionResult(
        call_id=response["tool_call_id"],
        name=response["name"],
        content=response["content"],
        is_error=False,
    )


def main() -> None:
    """Prints a v0.4 conversation as v0.2 has it, and makes sure that nothing is lost on the way."""
    call = FunctionCall(id="call_1", name="get_weather", arguments='{"city": "Paris"}')
    result = FunctionExecutionResult(
        call_id="call_1", name="get_weather", content="Sunny.", is_error=False
    )
    conversation: list[BaseAgentEvent | BaseChatMessage] = [
        TextMessage(content="What is the weather in Paris?", source="user"),
        ToolCallRequestEvent(content=[call], source="assistant"),
        ToolCallExecutionEvent(content=[result], source="tools"),
    ]
    for message in conversation:
        old = convert_to_v02_message(message, role="user")
        print(json.dumps(old))
        assert convert_to_v02_message(convert_to_v04_message(old), role="user") == old


if __name__ == "__main__":
    main()
