"""One tool call: approved, performed, reviewed. Whatever goes wrong in a tool becomes a result."""

import asyncio
import inspect
import json
import warnings
from collections.abc import AsyncGenerator, Awaitable, Mapping
from contextlib import aclosing
from typing import Any, TypeVar

from agentchat.agents._tool_approval import ToolApprovalRequest
from agentchat.agents._toolbox import HandoffTool, Toolbox
from agentchat.core import CancellationToken, FunctionCall
from agentchat.core.models import FunctionExecutionResult
from agentchat.core.tools import ToolResult
from agentchat.core.tools._workbench import StreamWorkbench
from agentchat.messages import BaseAgentEvent, BaseChatMessage

T = TypeVar("T")

CallStream = AsyncGenerator[BaseAgentEvent | BaseChatMessage | FunctionExecutionResult, None]
"""What a call lets be watched; its result is the last item."""


async def perform(call: FunctionCall, toolbox: Toolbox, token: CancellationToken) -> CallStream:
    """Makes a call; only cancellation, and the agent's own hooks, may raise out of it."""
    admitted = await _admitted(call, toolbox)
    if isinstance(admitted, FunctionExecutionResult):
        yield admitted
        return
    result: FunctionExecutionResult | None = None
    try:
        async with aclosing(_dispatched(call, admitted, toolbox, token)) as stream:
            async for item in stream:
                if isinstance(item, FunctionExecutionResult):
                    result = item
                else:
                    yield item
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if token.is_cancelled() or task is None or task.cancelling():
            raise
        # Nobody cancelled the agent: the tool itself gave up.
        result = failure(call, "Error: the tool call was cancelled")
    except Exception as error:  # The model is told, and may try something else.
        result = failure(call, f"Error: {error}")
    if result is not None:
        review = toolbox.rules.review
        yield result if review is None else await _awaited(review(call, result))


def failure(call: FunctionCall, text: str) -> FunctionExecutionResult:
    """The result of a call that went wrong."""
    return FunctionExecutionResult(content=text, name=call.name, call_id=call.id, is_error=True)


async def _admitted(
    call: FunctionCall, toolbox: Toolbox
) -> Mapping[str, Any] | FunctionExecutionResult:
    """The arguments to call with, or why the call is not made."""
    try:
        arguments = _arguments_of(call, toolbox)
    except ValueError as error:
        return failure(call, f"Error: {error}")
    if toolbox.rules.approve is None:
        return arguments
    request = ToolApprovalRequest(agent=toolbox.agent, call=call, arguments=arguments)
    approval = await _awaited(toolbox.rules.approve(request))
    if not approval.approved:
        return failure(call, f"Error: the call was not approved. Reason: {approval.reason}")
    return arguments if approval.arguments is None else approval.arguments


def _arguments_of(call: FunctionCall, toolbox: Toolbox) -> Mapping[str, Any]:
    try:
        arguments = json.loads(call.arguments) or {}
    except ValueError:
        if call.name in toolbox.tool_by_handoff:
            # To hand off takes no arguments; models write all sorts of things for none.
            return {}
        raise
    if not isinstance(arguments, dict):
        raise ValueError(f"the arguments must be a JSON object, got {call.arguments}")  # noqa: TRY004
    return arguments


async def _dispatched(
    call: FunctionCall, arguments: Mapping[str, Any], toolbox: Toolbox, token: CancellationToken
) -> CallStream:
    handoff = toolbox.tool_by_handoff.get(call.name)
    workbench = toolbox.workbench_by_tool.get(call.name)
    if handoff is not None:
        yield await _hand_off(call, handoff, arguments, token)
    elif workbench is None:
        yield failure(call, f"Error: tool '{call.name}' not found in any workbench")
    elif isinstance(workbench, StreamWorkbench):
        stream = workbench.call_tool_stream(call.name, arguments, token, call.id)
        async with aclosing(stream):
            async for item in stream:
                if isinstance(item, ToolResult):
                    yield _result_of(call, item)
                elif isinstance(item, BaseAgentEvent | BaseChatMessage):
                    yield item
                else:
                    _warn_about(item)
    else:
        yield _result_of(call, await workbench.call_tool(call.name, arguments, token, call.id))


async def _hand_off(
    call: FunctionCall, tool: HandoffTool, arguments: Mapping[str, Any], token: CancellationToken
) -> FunctionExecutionResult:
    message = await tool.run_json(arguments, token, call_id=call.id)
    return FunctionExecutionResult(
        content=tool.return_value_as_string(message),
        name=call.name,
        call_id=call.id,
        is_error=False,
    )


def _warn_about(item: object) -> None:
    warnings.warn(
        f"Unexpected event type: {type(item)} in tool call streaming.", UserWarning, stacklevel=3
    )


def _result_of(call: FunctionCall, result: ToolResult) -> FunctionExecutionResult:
    return FunctionExecutionResult(
        content=result.to_text(), name=call.name, call_id=call.id, is_error=result.is_error
    )


async def _awaited(answer: T | Awaitable[T]) -> T:
    """The answer of a hook, which may be a plain function or a coroutine function."""
    return await answer if inspect.isawaitable(answer) else answer
