"""What every workbench promises."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any, NamedTuple

from agentchat.core import CancellationToken
from agentchat.core.tools import ToolResult, Workbench
from agentchat.core.tools._workbench import StreamWorkbench
from harness.conformance._promises import Make, made, orderly, promise, raised_by, through_json


class ToolUse(NamedTuple):
    """A call to a workbench under test."""

    name: str
    arguments: Mapping[str, Any] = {}


class ToolUses(NamedTuple):
    """Calls whose ends are known."""

    succeeding: ToolUse
    failing: ToolUse
    """The tool raises, or finds its arguments wrong."""

    endless: ToolUse
    """The tool is still at work when it is cancelled."""


async def check_workbench(make: Make[Workbench], uses: ToolUses) -> None:
    """Checks what every workbench promises.

    Args:
        make: Makes workbenches that have not been started.
        uses: Calls to try.

    Raises:
        AssertionError: A promise was broken; the message is that promise.
    """
    for check in _CHECKS:
        async with orderly("A workbench"), await made(make) as workbench:
            await check(workbench, uses)


async def _lists_its_tools(workbench: Workbench, uses: ToolUses) -> None:
    tools = await workbench.list_tools()
    names = [tool["name"] for tool in tools]
    promise("No two tools have the same name", len(set(names)) == len(names), names)
    promise("What can be called is listed", {use.name for use in uses} <= set(names), names)
    for tool in tools:
        through_json(tool, "a tool's schema")
        parameters = tool.get("parameters", {"type": "object"})
        promise("A tool's parameters are an object", parameters["type"] == "object", tool)


async def _answers_calls(workbench: Workbench, uses: ToolUses) -> None:
    for use, is_error in ((uses.succeeding, False), (uses.failing, True)):
        arguments = dict(use.arguments)
        call = workbench.call_tool(use.name, arguments, CancellationToken(), "call-1")
        await _check_result(call, use.name, is_error)
        promise("A call's arguments are not changed", arguments == use.arguments, arguments)
    unknown = "no_tool_has_this_name"
    await _check_result(workbench.call_tool(unknown), unknown, is_error=True)


async def _answers_calls_side_by_side(workbench: Workbench, uses: ToolUses) -> None:
    await asyncio.gather(
        *(
            _check_result(
                workbench.call_tool(use.name, use.arguments), use.name, use is uses.failing
            )
            for use in (uses.succeeding, uses.failing, uses.succeeding)
        )
    )


async def _stops_when_cancelled(workbench: Workbench, uses: ToolUses) -> None:
    for steps in (None, 0, 1, 3):
        token = CancellationToken()
        if steps is None:
            token.cancel()
        call = workbench.call_tool(uses.endless.name, uses.endless.arguments, token)
        async with orderly("A tool call that is cancelled"):
            calling = asyncio.ensure_future(call)
            for _ in range(steps or 0):
                await asyncio.sleep(0)
            token.cancel()
            error = await raised_by(calling)
        promise(
            "A call ends with CancelledError when its token is cancelled",
            isinstance(error, asyncio.CancelledError),
            error,
        )
    await _answers_calls(workbench, uses)


async def _streams_calls(workbench: Workbench, uses: ToolUses) -> None:
    if not isinstance(workbench, StreamWorkbench):
        return
    for use, is_error in ((uses.succeeding, False), (uses.failing, True)):
        stream = workbench.call_tool_stream(use.name, use.arguments)
        await _check_result(_last_of(stream), use.name, is_error)


async def _keeps_state(workbench: Workbench, uses: ToolUses) -> None:
    await workbench.load_state(through_json(await workbench.save_state(), "a workbench"))
    await _answers_calls(workbench, uses)
    await workbench.reset()
    await _answers_calls(workbench, uses)


_CHECKS: tuple[Callable[[Workbench, ToolUses], Awaitable[None]], ...] = (
    _lists_its_tools,
    _answers_calls,
    _answers_calls_side_by_side,
    _stops_when_cancelled,
    _streams_calls,
    _keeps_state,
)


async def _last_of(stream: AsyncGenerator[Any, None]) -> Any:
    async with aclosing(stream):
        *told, last = [item async for item in stream]
    promise(
        "The last item of a tool's stream, and no other, is its ToolResult",
        not any(isinstance(item, ToolResult) for item in told),
        [*told, last],
    )
    return last


async def _check_result(call: Awaitable[ToolResult], name: str, is_error: bool) -> None:
    try:
        result = await call
    except Exception as error:
        raise AssertionError(
            "Broken promise: what goes wrong in a call is a ToolResult, not an exception."
        ) from error
    promise("A call ends with a ToolResult", isinstance(result, ToolResult), result)
    promise("A ToolResult has the name that was called", result.name == name, result)
    promise("`is_error` says whether the tool failed", result.is_error == is_error, result)
    promise("A failure is put into words", result.to_text() or not is_error, result)
