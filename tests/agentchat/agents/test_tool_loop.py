"""The order of an assistant's turn, as AutoGen 0.7.5 has it, and the pains it has there."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

import pytest
from pydantic import BaseModel

from agentchat.agents import AssistantAgent
from agentchat.base import Handoff, TaskResult
from agentchat.core import CancellationToken, FunctionCall
from agentchat.core.models import (
    AssistantMessage,
    CreateResult,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    LLMMessage,
    RequestUsage,
    UserMessage,
)
from agentchat.core.tools import FunctionTool, StaticWorkbench, ToolResult
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.messages import (
    BaseAgentEvent,
    BaseChatMessage,
    ModelClientStreamingChunkEvent,
    TextMessage,
    ThoughtEvent,
    ToolCallRequestEvent,
)

USAGE = RequestUsage(prompt_tokens=5, completion_tokens=6)
CAPABLE: Any = {
    "vision": False,
    "function_calling": True,
    "json_output": True,
    "structured_output": True,
    "family": "unknown",
    "multiple_system_messages": True,
}
Said = tuple[str, str, RequestUsage | None]


class Verdict(BaseModel):
    answer: str


async def add(a: int, b: int) -> int:
    """Adds."""
    return a + b


def saying(text: str, thought: str | None = None) -> CreateResult:
    return CreateResult(
        finish_reason="stop", content=text, usage=USAGE, cached=False, thought=thought
    )


def calling(*calls: tuple[str, str], thought: str | None = None) -> CreateResult:
    content = [
        FunctionCall(id=str(number), name=name, arguments=arguments)
        for number, (name, arguments) in enumerate(calls)
    ]
    return CreateResult(
        finish_reason="function_calls", content=content, usage=USAGE, cached=False, thought=thought
    )


def assistant(*replies: str | CreateResult, **options: Any) -> AssistantAgent:
    client = ReplayChatCompletionClient(replies, model_info=CAPABLE)
    return AssistantAgent("bob", client, system_message="Be brief.", **options)


def said(message: BaseAgentEvent | BaseChatMessage) -> Said:
    return type(message).__name__, message.to_text(), message.models_usage


async def stream_of(agent: AssistantAgent) -> list[Said]:
    stream = agent.run_stream(task="Go")
    return [said(item) async for item in stream if not isinstance(item, TaskResult)]


async def context_of(agent: AssistantAgent) -> list[LLMMessage]:
    return await agent.model_context.get_messages()


GO: Said = ("TextMessage", "Go", None)
ADD = FunctionCall(id="0", name="add", arguments='{"a": 1, "b": 2}')
THREE = FunctionExecutionResult(content="3", name="add", call_id="0", is_error=False)
ADD_CALL = (ADD.name, ADD.arguments)
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


async def test_pieces_name_the_message_that_they_make_up() -> None:
    agent = assistant("Hi there", model_client_stream=True)

    _, *pieces, answer, result = [item async for item in agent.run_stream(task="Go")]

    assert isinstance(answer, TextMessage)
    assert [
        piece.model_dump(include={"content", "full_message_id", "kind"}) for piece in pieces
    ] == [
        {"content": "Hi ", "full_message_id": answer.id, "kind": "text"},
        {"content": "there", "full_message_id": answer.id, "kind": "text"},
    ]
    assert isinstance(result, TaskResult)
    assert [type(message) for message in result.messages] == [TextMessage, TextMessage]


class Reasoner(ReplayChatCompletionClient):
    """Reasons aloud, in the way of every client that streams."""

    async def create_stream(  # type: ignore[override]
        self, *_: Any, **__: Any
    ) -> AsyncGenerator[str | CreateResult, None]:
        for piece in ("<think>Greet", " back.", "</think>", "Hi"):
            yield piece
        yield saying("Hi", thought="Greet back.")


async def test_pieces_of_reasoning_are_told_from_pieces_of_the_answer() -> None:
    """C18, C19: `<think>` tags are mixed into the text otherwise."""
    agent = AssistantAgent("bob", Reasoner([], model_info=CAPABLE), model_client_stream=True)

    items = [item async for item in agent.run_stream(task="Go")]

    pieces = [item for item in items if isinstance(item, ModelClientStreamingChunkEvent)]
    thought, answer = items[-3:-1]
    assert isinstance(thought, ThoughtEvent)
    assert isinstance(answer, TextMessage)
    assert [(piece.content, piece.kind, piece.full_message_id) for piece in pieces] == [
        ("<think>Greet", "reasoning", thought.id),
        (" back.", "reasoning", thought.id),
        ("</think>", "reasoning", thought.id),
        ("Hi", "text", answer.id),
    ]


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
