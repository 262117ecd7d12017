"""Tool calls folded together with their results."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from harness.trace import MessageSent
from reports._code import Code, readable
from reports._content import records, word

REQUEST = "ToolCallRequestEvent"
EXECUTION = "ToolCallExecutionEvent"


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A tool that a model chose to call."""

    name: str
    arguments: Code


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gave back."""

    name: str
    number: int
    """The trace's event that brought it."""

    content: Code
    is_error: bool


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A tool call together with its result; a trace may lack the one or the other."""

    name: str
    arguments: Code | None
    result: ToolResult | None


@dataclass(frozen=True, slots=True)
class ToolUses:
    """The tool calls that an agent made at once."""

    numbers: tuple[int, ...]
    """The trace's events that this shows; the first one names its place on the page."""

    uses: tuple[ToolUse, ...]
    kind: Literal["tools"] = "tools"


def function_call(record: Mapping[str, Any]) -> FunctionCall:
    """A call as the model wrote it: `id`, `name`, `arguments`."""
    return FunctionCall(word(record, "name"), readable(word(record, "arguments")))


def tool_uses(messages: Iterable[MessageSent]) -> dict[int, ToolUses | None]:
    """What each request or result of tools shows, by the event's number.

    None for a result that is shown with its request. Ids of calls may come again later in the
    trace, so a result belongs to the latest request of its agent that had no result yet.
    """
    shown: dict[int, ToolUses | None] = {}
    request_of_call: dict[tuple[str, str], MessageSent] = {}
    results_of_request: dict[int, dict[str, ToolResult]] = {}
    for message in messages:
        held = records(message.body.get("content"))
        if message.type == REQUEST and held:
            shown[message.number] = _requested(message, {})
            for record in held:
                request_of_call[message.source, word(record, "id")] = message
        elif message.type == EXECUTION and held:
            calls = [(message.source, word(record, "call_id")) for record in held]
            requests = [request_of_call.pop(call, None) for call in calls]
            request = requests[0]
            if request is None or any(other is not request for other in requests):
                shown[message.number] = _unrequested(message)
            else:
                results = results_of_request.setdefault(request.number, {})
                results |= _results(message)
                shown[message.number] = None
                shown[request.number] = _requested(request, results)
    return shown


def _requested(request: MessageSent, results: Mapping[str, ToolResult]) -> ToolUses:
    answered = dict.fromkeys(result.number for result in results.values())
    calls = [(word(record, "id"), function_call(record)) for record in _held(request)]
    uses = tuple(ToolUse(call.name, call.arguments, results.get(id_)) for id_, call in calls)
    return ToolUses((request.number, *answered), uses)


def _unrequested(execution: MessageSent) -> ToolUses:
    results = [_result(execution, record) for record in _held(execution)]
    return ToolUses(
        (execution.number,), tuple(ToolUse(result.name, None, result) for result in results)
    )


def _results(execution: MessageSent) -> dict[str, ToolResult]:
    return {word(record, "call_id"): _result(execution, record) for record in _held(execution)}


def _result(execution: MessageSent, record: Mapping[str, Any]) -> ToolResult:
    content = readable(word(record, "content"))
    is_error = record.get("is_error") is True
    return ToolResult(word(record, "name"), execution.number, content, is_error)


def _held(message: MessageSent) -> tuple[dict[str, Any], ...]:
    return records(message.body.get("content"))
