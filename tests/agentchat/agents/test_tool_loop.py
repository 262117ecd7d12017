"""The order of an assistant's turn, as AutoGen 0.7.5 has it, and the pains it has there."""

import asyncio
from typing import Any

import pytest
from pydantic import BaseModel

from agentchat.agents import AssistantAgent
from agentchat.base import Handoff, TaskResult
from agentchat.core import CancellationToken, FunctionCall
from agentchat.core.models import (
    AssistantMessage,
    CreateResult,
    FunctionExecutionResultMessage,
    RequestUsage,
    UserMessage,
)
from agentchat.core.tools import FunctionTool, StaticWorkbench
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.messages import (
    BaseAgentEvent,
    BaseChatMessage,
    ToolCallRequestEvent,
)
from tests.agentchat.agents.replies import ADD_CALL, CAPABLE, THREE, USAGE, add, calling, context_of

Said = tuple[str, str, RequestUsage | None]


class Verdict(BaseModel):
    answer: str


def saying(text: str, thought: str | None = None) -> CreateResult:
    return CreateResult(
        finish_reason="stop", content=text, usage=USAGE, cached=False, thought=thought
    )


def assistant(*replies: str | CreateResult, **options: Any) -> AssistantAgent:
    client = ReplayChatCompletionClient(replies, model_info=CAPABLE)
    return AssistantAgent("bob", client, system_message="Be brief.", **options)


def said(message: BaseAgentEvent | BaseChatMessage) -> Said:
    return type(message).__name__, message.to_text(), message.models_usage


async def stream_of(agent: AssistantAgent) -> list[Said]:
    stream = agent.run_stream(task="Go")
    return [said(item) async for item in stream if not isinstance(item, TaskResult)]


GO: Said = ("TextMessage", "Go", None)
ADD = FunctionCall(id="0", name="add", arguments=ADD_CALL[1])
REQUEST: Said = ("ToolCallRequestEvent", str([ADD]), USAGE)
EXECUTION: Said = ("ToolCallExecutionEvent", str([THREE]), None)


async def test_a_plain_reply_is_the_answer() -> None:
    agent = assistant(saying("Hi"))

    stream = await stream_of(agent)

    assert stream == [GO, ("TextMessage", "Hi", USAGE)]
    assert await context_of(agent) == [
        UserMessage(content="Go", source="user"),
        AssistantMessage(content="Hi", source="bob"),
    ]


async def test_a_thought_comes_before_the_answer_and_is_kept_with_it() -> None:
    agent = assistant(saying("Hi", thought="Greet back."))

    stream = await stream_of(agent)

    assert stream == [GO, ("ThoughtEvent", "Greet back.", None), ("TextMessage", "Hi", USAGE)]
    assert (await context_of(agent))[-1] == AssistantMessage(
        content="Hi", thought="Greet back.", source="bob"
    )


async def test_results_are_summed_up_when_nobody_reflects_on_them() -> None:
    style = "{tool_name}({arguments}) = {result}, {is_error}"
    agent = assistant(calling(ADD_CALL), tools=[add], tool_call_summary_format=style)

    stream = await stream_of(agent)

    summary = 'add({"a": 1, "b": 2}) = 3, False'
    assert stream == [GO, REQUEST, EXECUTION, ("ToolCallSummaryMessage", summary, None)]
    assert await context_of(agent) == [
        UserMessage(content="Go", source="user"),
        AssistantMessage(content=[ADD], source="bob"),
        FunctionExecutionResultMessage(content=[THREE]),
    ]


async def test_the_model_puts_results_into_words_when_it_reflects() -> None:
    replies = calling(ADD_CALL), saying("It is 3", thought="Easy.")
    agent = assistant(*replies, tools=[add], reflect_on_tool_use=True)

    stream = await stream_of(agent)

    assert stream == [
        GO,
        REQUEST,
        EXECUTION,
        ("ThoughtEvent", "Easy.", None),
        ("TextMessage", "It is 3", USAGE),
    ]


async def test_reflection_that_calls_tools_is_an_error() -> None:
    agent = assistant(calling(ADD_CALL), calling(ADD_CALL), tools=[add], reflect_on_tool_use=True)

    with pytest.raises(RuntimeError, match="Reflect on tool use produced no valid text response"):
        await agent.run(task="Go")


async def test_the_model_goes_on_calling_until_it_answers() -> None:
    replies = calling(ADD_CALL), calling(ADD_CALL), saying("Done")
    agent = assistant(*replies, tools=[add], max_tool_iterations=5)

    stream = await stream_of(agent)

    assert stream == [
        GO,
        REQUEST,
        EXECUTION,
        REQUEST,
        EXECUTION,
        ("TextMessage", "Done", USAGE),
    ]


async def test_a_thought_says_that_the_limit_stopped_the_loop() -> None:
    """D24: otherwise a half-done job looks like a finished one."""
    agent = assistant(calling(ADD_CALL), calling(ADD_CALL), tools=[add], max_tool_iterations=2)

    stream = await stream_of(agent)

    assert stream[-2:] == [
        ("ThoughtEvent", "Stopped calling tools after 2 rounds, the limit.", None),
        ("ToolCallSummaryMessage", "3", None),
    ]


async def test_the_limit_of_one_round_stays_unsaid() -> None:
    agent = assistant(calling(ADD_CALL), tools=[add])

    stream = await stream_of(agent)

    assert stream[-2:] == [EXECUTION, ("ToolCallSummaryMessage", "3", None)]


async def test_a_summary_may_tell_of_all_rounds() -> None:
    """D24: by default it tells of the last one, as AutoGen's does."""
    replies = calling(ADD_CALL), calling(("add", '{"a": 2, "b": 2}'))
    options: dict[str, Any] = {"tools": [add], "max_tool_iterations": 2}
    last = assistant(*replies, **options)
    all_of_them = assistant(*replies, **options, tool_call_summary_rounds="all")

    answers = [(await agent.run(task="Go")).messages[-1] for agent in (last, all_of_them)]

    assert [answer.to_text() for answer in answers] == ["4", "3\n4"]


async def test_a_handoff_ends_the_turn_and_takes_the_thought_along() -> None:
    agent = assistant(calling(("transfer_to_al", "{}"), thought="Al knows."), handoffs=["al"])

    result = await agent.run(task="Go")

    handoff = result.messages[-1]
    assert handoff.model_dump(include={"type", "content", "source", "target", "context"}) == {
        "type": "HandoffMessage",
        "content": "Transferred to al, adopting the role of al immediately.",
        "source": "bob",
        "target": "al",
        "context": [AssistantMessage(content="Al knows.", source="bob").model_dump()],
    }


async def test_a_handoff_takes_along_what_else_was_called() -> None:
    handoffs = [Handoff(target="al", message="Go, Al"), "cy"]
    reply = calling(ADD_CALL, ("transfer_to_al", "{}"), ("transfer_to_cy", "{}"), thought="Both.")
    agent = assistant(reply, tools=[add], handoffs=handoffs)

    with pytest.warns(UserWarning, match="Multiple handoffs detected"):
        result = await agent.run(task="Go")

    handoff = result.messages[-1]
    assert handoff.model_dump(include={"content", "target", "context"}) == {
        "content": "Go, Al",
        "target": "al",
        "context": [
            AssistantMessage(content=[ADD], thought="Both.", source="bob").model_dump(),
            FunctionExecutionResultMessage(content=[THREE]).model_dump(),
        ],
    }


async def test_structured_answers_keep_their_format_with_and_without_tools() -> None:
    options: dict[str, Any] = {
        "tools": [add],
        "output_content_type": Verdict,
        "output_content_type_format": "Answer: {answer}",
    }
    at_once = assistant(saying('{"answer": "3"}'), **options)
    after_a_call = assistant(calling(ADD_CALL), saying('{"answer": "3"}'), **options)

    answers = [await stream_of(agent) for agent in (at_once, after_a_call)]

    answer: Said = ("StructuredMessage[Verdict]", "Answer: 3", USAGE)
    assert answers == [[GO, answer], [GO, REQUEST, EXECUTION, answer]]


async def test_tools_are_listed_once_in_a_turn() -> None:
    """Listing them costs a round trip with MCP."""

    class Counting(StaticWorkbench):
        listed = 0

        async def list_tools(self) -> list[Any]:
            Counting.listed += 1
            return await super().list_tools()

    tool = FunctionTool(add, "Adds.")
    replies = calling(ADD_CALL, ADD_CALL), calling(ADD_CALL), saying("Done")
    agent = assistant(*replies, workbench=Counting([tool]), max_tool_iterations=5)

    await agent.run(task="Go")

    assert Counting.listed == 1


async def test_a_pause_holds_the_turn_before_its_next_question() -> None:
    token = CancellationToken()
    agent = assistant(calling(ADD_CALL), saying("Done"), tools=[add], max_tool_iterations=2)
    seen: list[str] = []

    async def follow() -> None:
        async for item in agent.run_stream(task="Go"):
            seen.append(type(item).__name__)
            if isinstance(item, ToolCallRequestEvent):
                await agent.on_pause(token)

    turn = asyncio.create_task(follow())
    for _ in range(20):
        await asyncio.sleep(0)
    before = list(seen)
    await agent.on_resume(token)
    await turn

    assert before == ["TextMessage", "ToolCallRequestEvent", "ToolCallExecutionEvent"]
    assert seen[len(before) :] == ["TextMessage", "TaskResult"]
