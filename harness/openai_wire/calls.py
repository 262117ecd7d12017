"""Requests of OpenAI's APIs as calls of a model client, in the shape in which cassettes show them.

    {"model": "gpt-4o", "messages": [{"type": "UserMessage", "content": "Hi"}], "tools": [...]}

What only a client knows, such as who said something, is left out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from harness.openai_wire._shared import Json, text_of

_FUNCTION = ("name", "description", "parameters")


def of_chat(request: Json) -> dict[str, Any]:
    """The call that a chat completions request stands for."""
    return _call(request, request.get("messages") or ())


def of_responses(request: Json) -> dict[str, Any]:
    """The call that a request of the responses API stands for."""
    given = request.get("input") or ()
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given
    told = request.get("instructions")
    first = [{"role": "system", "content": told}] if told else []
    return _call(request, [*first, *_spoken(items)])


def _call(request: Json, messages: Iterable[Json]) -> dict[str, Any]:
    call = {"model": request.get("model"), "messages": list(_messages(messages))}
    tools = [_tool(tool) for tool in request.get("tools") or ()]
    return {**call, "tools": tools} if tools else call


def _messages(messages: Iterable[Json]) -> Iterator[dict[str, Any]]:
    name_by_id: dict[Any, str] = {}
    results: list[dict[str, Any]] = []
    for message in messages:
        if message.get("role") == "tool":
            name = name_by_id.get(message.get("tool_call_id"), "")
            results.append({"content": text_of(message.get("content")), "name": name})
            continue
        if results:
            yield {"content": results, "type": "FunctionExecutionResultMessage"}
            results = []
        name_by_id |= {call.get("id"): call["function"]["name"] for call in _calls(message)}
        yield _message(message)
    if results:
        yield {"content": results, "type": "FunctionExecutionResultMessage"}


def _message(message: Json) -> dict[str, Any]:
    content = message.get("content")
    match message.get("role"):
        case "system" | "developer":
            return {"content": text_of(content), "type": "SystemMessage"}
        case "assistant":
            calls = [
                {"arguments": call["function"]["arguments"], "name": call["function"]["name"]}
                for call in _calls(message)
            ]
            return {"content": calls or text_of(content), "type": "AssistantMessage"}
    return {"content": _shown(content), "type": "UserMessage"}


def _calls(message: Json) -> Sequence[Json]:
    return message.get("tool_calls") or ()


def _shown(content: Any) -> Any:
    """Text alone, or texts and pictures."""
    if not isinstance(content, list) or all("text" in part for part in content):
        return text_of(content)
    return [part.get("text") or {"image": _picture(part)} for part in content]


def _picture(part: Json) -> Any:
    url = part.get("image_url")
    return url.get("url") if isinstance(url, Mapping) else url


def _tool(tool: Json) -> dict[str, Any]:
    function = tool.get("function") or tool
    return {name: function[name] for name in _FUNCTION if name in function}


def _spoken(items: Iterable[Json]) -> Iterator[Json]:
    """The items of the responses API as messages of the other one; calls in a row are one."""
    calls: list[Json] = []
    for item in items:
        if item.get("type") == "function_call":
            calls.append({"id": item.get("call_id"), "function": item})
            continue
        if calls:
            yield {"role": "assistant", "tool_calls": calls}
            calls = []
        if item.get("type") == "function_call_output":
            yield {"role": "tool", "tool_call_id": item["call_id"], "content": item["output"]}
        elif item.get("type", "message") == "message":
            yield item
    if calls:
        yield {"role": "assistant", "tool_calls": calls}
