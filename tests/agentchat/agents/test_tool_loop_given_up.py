"""Turns that do not come to their end: cancelled, closed, failed, repeated."""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

import pytest

from agentchat.agents import AssistantAgent
from agentchat.core import CancellationToken
from agentchat.core.models import (
    AssistantMessage,
    CreateResult,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    UserMessage,
)
from agentchat.core.tools import FunctionTool, StaticWorkbench, ToolResult
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.messages import TextMessage, ToolCallRequestEvent
from tests.agentchat.agents.replies import ADD_CALL, CAPABLE, THREE, add, calling, context_of


def assistant(*replies: CreateResult, **options: Any) -> AssistantAgent:
    client = ReplayChatCompletionClient(replies, model_info=CAPABLE)
    return AssistantAgent("bob", client, **options)


class Patience:
    """A tool that waits for ever."""

    def __init__(self) -> None:
        self.has_begun = asyncio.Event()
        self.cleaned_up = 0

    async def wait(self) -> str:
        """Waits."""
        self.has_begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            self.cleaned_up += 1
        return "never"


UNFINISHED = "Error: the call ended without a result"


async def test_cancelling_during_a_tool_call_ends_the_turn() -> None:
    """A1: agent and team hung for ever."""
    patience, token = Patience(), CancellationToken()
    agent = assistant(calling(("wait", "{}")), tools=[patience.wait])
    turn = asyncio.create_task(agent.run(task="Go", cancellation_token=token))
    await patience.has_begun.wait()

    token.cancel()

    with pytest.raises(asyncio.CancelledError):
        await turn
    assert patience.cleaned_up == 1


async def test_calls_given_up_have_results_in_the_context() -> None:
    """A1: a model refuses a conversation in which calls have no results."""
    patience, token = Patience(), CancellationToken()
    reply = calling(ADD_CALL, ("wait", "{}"))
    agent = assistant(reply, tools=[add, patience.wait])
    turn = asyncio.create_task(agent.run(task="Go", cancellation_token=token))
    await patience.has_begun.wait()

    token.cancel()

    await asyncio.wait([turn])
    unfinished = FunctionExecutionResult(
        content=UNFINISHED, name="wait", call_id="1", is_error=True
    )
    assert (await context_of(agent))[1:] == [
        AssistantMessage(content=reply.content, source="bob"),
        FunctionExecutionResultMessage(content=[THREE, unfinished]),
    ]
    assert patience.cleaned_up == 1


async def test_a_stream_closed_between_request_and_calls_leaves_no_calls() -> None:
    agent = assistant(calling(ADD_CALL), tools=[add])

    async with aclosing(agent.run_stream(task="Go")) as stream:
        async for item in stream:
            if isinstance(item, ToolCallRequestEvent):
                break

    assert await context_of(agent) == [UserMessage(content="Go", source="user")]


class Broken(StaticWorkbench):
    async def call_tool(
        self,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        cancellation_token: CancellationToken | None = None,
        call_id: str | None = None,
    ) -> ToolResult:
        raise ConnectionError(f"{name} is out of reach")


async def test_a_workbench_that_raises_gives_an_error_result() -> None:
    """A1: the agent hung, as if it had been cancelled."""
    agent = assistant(calling(ADD_CALL), workbench=Broken([FunctionTool(add, "Adds.")]))

    result = await agent.run(task="Go")

    assert result.messages[-1].to_text() == "Error: add is out of reach"


async def test_a_tool_that_gives_up_by_itself_gives_an_error_result() -> None:
    async def give_up() -> str:
        """Gives up."""
        raise asyncio.CancelledError

    agent = assistant(calling(("give_up", "{}")), tools=[give_up])

    result = await agent.run(task="Go")

    assert result.messages[-1].to_text() == "Error: the tool call was cancelled"


async def test_a_repeated_turn_hears_its_messages_once() -> None:
    """A3: the team gives the messages of a failed turn again."""
    client = ReplayChatCompletionClient([], model_info=CAPABLE)
    agent = AssistantAgent("bob", client, system_message=None)
    task = TextMessage(content="Go", source="user")
    with pytest.raises(ValueError, match="No more mock responses available"):
        await agent.run(task=task)

    client.chat_completions.append("Hi")
    await agent.run(task=task)

    assert await context_of(agent) == [
        UserMessage(content="Go", source="user"),
        AssistantMessage(content="Hi", source="bob"),
    ]
