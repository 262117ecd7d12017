"""FunctionModel: a function answers, in `create` and `create_stream` alike."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from agentchat.agents import AssistantAgent
from agentchat.core import CancellationToken, FunctionCall
from agentchat.core.models import CreateResult, LLMMessage, RequestUsage, UserMessage
from harness.clients import CallSettings, FunctionModel
from harness.errors import UsageError

ASK: list[LLMMessage] = [UserMessage(content="one two", source="user")]
CALLS = [FunctionCall(id="1", name="add", arguments="{}")]
RESULT = CreateResult(
    content="a whole result",
    finish_reason="length",
    usage=RequestUsage(prompt_tokens=3, completion_tokens=4),
    cached=False,
)


async def waited(*_: Any) -> str:
    return "after a while"


async def in_pieces(*_: Any) -> AsyncIterator[Any]:
    for piece in ("in ", "pie", "ces"):
        yield piece


async def pieces_then_calls(*_: Any) -> AsyncIterator[Any]:
    yield "I'll add. "
    yield CALLS


@pytest.mark.parametrize(
    ("function", "pieces", "content"),
    [
        (lambda *_: "right away", ["right ", "away"], "right away"),
        (lambda *_: RESULT, ["a ", "whole ", "result"], "a whole result"),
        (lambda *_: CALLS, [], CALLS),
        (waited, ["after ", "a ", "while"], "after a while"),
        (in_pieces, ["in ", "pie", "ces"], "in pieces"),
        (pieces_then_calls, ["I'll add. "], CALLS),
        (lambda *_: "", [], ""),
    ],
)
async def test_both_ways_of_asking_get_the_same_answer(
    function: Callable[..., Any], pieces: list[str], content: Any
) -> None:
    model = FunctionModel(function)

    result = await model.create(ASK)
    *streamed, last = [item async for item in model.create_stream(ASK)]

    assert (streamed, result.content) == (pieces, content)
    assert last == result
    assert model.total_usage().completion_tokens == 2 * result.usage.completion_tokens


async def test_it_is_handed_all_that_is_asked() -> None:
    seen: list[Any] = []

    def look(*asked: Any) -> str:
        seen.extend(asked)
        return "seen"

    await FunctionModel(look).create(
        ASK, tool_choice="none", json_output=True, extra_create_args={"seed": 1}
    )

    assert seen == [ASK, [], CallSettings("none", True, {"seed": 1})]


async def test_what_is_said_before_calls_is_the_thought() -> None:
    result = await FunctionModel(pieces_then_calls).create(ASK)

    assert (result.thought, result.finish_reason) == ("I'll add. ", "function_calls")


@pytest.mark.parametrize("answer", [None, 3, [], ["text"]])
async def test_anything_else_is_an_error_that_names_it(answer: Any) -> None:
    with pytest.raises(UsageError, match="A model answers with a text") as caught:
        await FunctionModel(lambda *_: answer).create(ASK)

    assert repr(answer) in str(caught.value)


async def test_a_token_stops_a_function_that_waits() -> None:
    token = CancellationToken()

    async def waiting(*_: Any) -> str:
        token.cancel()
        await asyncio.Event().wait()
        return "never"

    with pytest.raises(asyncio.CancelledError):
        await FunctionModel(waiting).create(ASK, cancellation_token=token)


async def test_a_stream_that_is_left_closes_its_generator() -> None:
    closed = []

    async def open_ended(*_: Any) -> AsyncIterator[str]:
        try:
            yield "one"
            yield "two"
        finally:
            closed.append(True)

    stream = FunctionModel(open_ended).create_stream(ASK)
    await anext(stream)
    await stream.aclose()

    assert closed == [True]


async def test_an_agent_talks_to_it() -> None:
    agent = AssistantAgent("echo", FunctionModel(lambda said, *_: str(said[-1].content).upper()))

    result = await agent.run(task="hello")

    assert result.messages[-1].to_text() == "HELLO"
