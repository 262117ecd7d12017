import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from agentchat.core import AgentId, CancellationToken, FunctionCall, SingleThreadedAgentRuntime
from agentchat.core.models import (
    AssistantMessage,
    CreateResult,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    RequestUsage,
    UserMessage,
)
from agentchat.core.tool_agent import (
    InvalidToolArgumentsException,
    ToolAgent,
    ToolException,
    ToolExecutionException,
    ToolNotFoundException,
    tool_agent_caller_loop,
)
from agentchat.core.tools import FunctionTool

TOOLS = AgentId("tools", "one")


async def double(number: int) -> int:
    if number < 0:
        raise KeyError("negative")
    if number == 0:
        raise asyncio.CancelledError
    return 2 * number


async def runtime_with_tools() -> SingleThreadedAgentRuntime:
    runtime = SingleThreadedAgentRuntime()
    tools = [FunctionTool(double, "doubles")]
    await ToolAgent.register(runtime, "tools", lambda: ToolAgent("runs tools", list(tools)))
    runtime.start()
    return runtime


class Script:
    """A model that gives these answers in turn."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[Mapping[str, Any]] = []

    async def create(self, messages: Any, **options: Any) -> CreateResult:
        self.asked.append({"messages": list(messages), **options})
        answer = self.answers.pop(0)
        return CreateResult(
            finish_reason="stop" if isinstance(answer, str) else "function_calls",
            content=answer,
            usage=RequestUsage(1, 1),
            cached=False,
            thought="hm",
        )


async def test_a_call_is_answered_with_the_result_of_the_tool():
    runtime = await runtime_with_tools()

    result = await runtime.send_message(FunctionCall("1", '{"number": 2}', "double"), TOOLS)

    await runtime.stop()
    assert result == FunctionExecutionResult(
        content="4", name="double", call_id="1", is_error=False
    )


@pytest.mark.parametrize(
    ("name", "arguments", "raised", "content"),
    [
        ("triple", "{}", ToolNotFoundException, "Error: Tool not found: triple"),
        ("double", "{", InvalidToolArgumentsException, "Error: Invalid arguments: {"),
        ("double", '{"number": -1}', ToolExecutionException, "Error: 'negative'"),
    ],
)
async def test_a_call_that_came_to_nothing_says_why(name, arguments, raised, content):
    runtime = await runtime_with_tools()

    with pytest.raises(ToolException) as caught:
        await runtime.send_message(FunctionCall("1", arguments, name), TOOLS)

    await runtime.stop()
    assert caught.value == raised(call_id="1", content=content, name=name)
    assert str(caught.value) == content


async def test_a_cancelled_tool_is_cancelled_and_not_failed():
    runtime = await runtime_with_tools()

    with pytest.raises(asyncio.CancelledError):
        await runtime.send_message(FunctionCall("1", '{"number": 0}', "double"), TOOLS)
    await runtime.stop()


async def test_the_loop_runs_what_the_model_calls_until_it_answers_in_text():
    runtime, question = await runtime_with_tools(), UserMessage(content="2 * 2?", source="user")
    calls = [FunctionCall("1", '{"number": 2}', "double"), FunctionCall("2", "{}", "triple")]
    model, token, tools = Script(calls, "4"), CancellationToken(), [FunctionTool(double, "d")]

    generated = await tool_agent_caller_loop(
        runtime, TOOLS, model, [question], tools, token, caller_source="me"
    )

    await runtime.stop()
    error = "Error: Tool not found: triple"
    results = [
        FunctionExecutionResult(content="4", name="double", call_id="1", is_error=False),
        FunctionExecutionResult(content=error, name="triple", call_id="2", is_error=True),
    ]
    assert generated == [
        AssistantMessage(content=calls, thought="hm", source="me"),
        FunctionExecutionResultMessage(content=results),
        AssistantMessage(content="4", thought="hm", source="me"),
    ]
    assert [len(asked["messages"]) for asked in model.asked] == [1, 3]
    assert model.asked[0]["cancellation_token"] is token


async def test_the_loop_raises_what_is_no_matter_of_tools():
    model = Script([FunctionCall("1", "{}", "double")])
    runtime = await runtime_with_tools()

    with pytest.raises(Exception, match="Recipient not found"):
        await tool_agent_caller_loop(runtime, AgentId("nobody", "one"), model, [], [])
    await runtime.stop()
