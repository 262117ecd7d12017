from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest

from agentchat.agents import AssistantAgent
from agentchat.base import TaskResult
from agentchat.core.models import CreateResult, RequestUsage
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.messages import ModelClientStreamingChunkEvent, TextMessage, ThoughtEvent


class Streaming(ReplayChatCompletionClient):
    """Streams the given pieces, whatever they are."""

    def __init__(self, *pieces: Any) -> None:
        super().__init__([])
        self.pieces: Sequence[Any] = pieces

    async def create_stream(  # type: ignore[override]
        self, *_: Any, **__: Any
    ) -> AsyncGenerator[str | CreateResult, None]:
        for piece in self.pieces:
            yield piece


def result(text: str, thought: str | None = None) -> CreateResult:
    usage = RequestUsage(prompt_tokens=5, completion_tokens=6)
    return CreateResult(
        finish_reason="stop", content=text, usage=usage, cached=False, thought=thought
    )


def streaming(*pieces: Any) -> AssistantAgent:
    return AssistantAgent("bob", Streaming(*pieces), model_client_stream=True)


async def test_pieces_name_the_message_that_they_make_up() -> None:
    agent = streaming("Hi ", "there", result("Hi there"))

    _, *pieces, answer, last = [item async for item in agent.run_stream(task="Go")]

    assert isinstance(answer, TextMessage)
    facts = {"content", "full_message_id", "kind"}
    assert [piece.model_dump(include=facts) for piece in pieces] == [
        {"content": "Hi ", "full_message_id": answer.id, "kind": "text"},
        {"content": "there", "full_message_id": answer.id, "kind": "text"},
    ]
    assert isinstance(last, TaskResult)
    assert [type(message) for message in last.messages] == [TextMessage, TextMessage]


async def test_pieces_of_reasoning_are_told_from_pieces_of_the_answer() -> None:
    """C18, C19: `<think>` tags are mixed into the text otherwise."""
    reply = result("Hi", thought="Greet back.")
    agent = streaming("<think>Greet", " back.", "</think>", "Hi", reply)

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


@pytest.mark.parametrize(
    ("pieces", "complaint"),
    [
        ((1,), "Invalid chunk type: <class 'int'>"),
        (("Hi",), "No final model result in streaming mode"),
    ],
)
async def test_a_stream_that_breaks_its_contract_is_an_error(
    pieces: tuple[Any, ...], complaint: str
) -> None:
    with pytest.raises(RuntimeError, match=complaint):
        await streaming(*pieces).run(task="Go")
