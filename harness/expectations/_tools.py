"""Expectations of tools: what was called, with what, how often, and what came of it."""

import json
from typing import Any, NamedTuple

from harness.expectations._judging import Verdict, expectation
from harness.expectations._matchers import accepts
from harness.expectations._talk import ANYTHING
from harness.trace import Failed, MessageSent, Trace


class _Call(NamedTuple):
    """One function call, or one result, and the message it came in."""

    by: str
    event: int
    content: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.content.get("name", ""))

    @property
    def arguments(self) -> Any:
        try:
            return json.loads(self.content.get("arguments", ""))
        except ValueError:
            return self.content.get("arguments")


@expectation
def tool_called(
    trace: Trace,
    name: Any,
    *,
    args: Any = ANYTHING,
    by: str | None = None,
    times: int | None = None,
) -> Verdict:
    """A tool was called.

    Args:
        trace: What happened.
        name: The tool.
        args: The arguments it got; of a mapping, those named are looked at.
        by: The agent that called it; None for any.
        times: How often; None for at least once.
    """
    calls = [call for call in _calls(trace, "ToolCallRequestEvent") if by in (None, call.by)]
    fitting = [call for call in calls if accepts(name, call.name) and accepts(args, call.arguments)]
    return _counted(fitting, times, calls)


@expectation
def tool_result(trace: Trace, name: Any, text: Any = ANYTHING, *, by: str | None = None) -> Verdict:
    """A tool gave back such a text."""
    results = [
        result
        for result in _calls(trace, "ToolCallExecutionEvent")
        if by in (None, result.by) and accepts(name, result.name)
    ]
    fitting = [result for result in results if accepts(text, result.content.get("content"))]
    return _counted(fitting, None, results)


@expectation
def no_errors(trace: Trace) -> Verdict:
    """Neither the run nor any tool failed."""
    for event in trace.events:
        if isinstance(event, Failed):
            return Verdict(False, f"{event.error}: {event.text}", event.number)
        if isinstance(event, MessageSent) and event.type == "ToolCallExecutionEvent":
            for result in event.body.get("content", ()):
                if result.get("is_error"):
                    return Verdict(False, f"{_result_shown(result)}", event.number)
    return Verdict(True)


def _calls(trace: Trace, type_: str) -> list[_Call]:
    return [
        _Call(message.source, message.number, content)
        for message in trace.messages()
        if message.type == type_
        for content in message.body.get("content", ())
    ]


def _counted(fitting: list[_Call], times: int | None, all_: list[_Call]) -> Verdict:
    if len(fitting) == times or (times is None and fitting):
        return Verdict(True, event=fitting[0].event if fitting else None)
    came = ", ".join(f"#{call.event} {_shown(call)}" for call in all_[:5]) or "none"
    more = f" and {len(all_) - 5} more" if len(all_) > 5 else ""
    counted = f"{len(fitting)} fit; " if times is not None else ""
    last = (fitting or all_)[-1].event if fitting or all_ else None
    return Verdict(False, f"{counted}what came: {came}{more}", last)


def _shown(call: _Call) -> str:
    if "arguments" in call.content:
        return f"{call.by}: {call.name}({call.content['arguments']})"
    return f"{call.by}: {_result_shown(call.content)}"


def _result_shown(result: dict[str, Any]) -> str:
    text = str(result.get("content"))
    return f"{result.get('name')} gave {text if len(text) <= 200 else text[:199] + '…'!r}"
