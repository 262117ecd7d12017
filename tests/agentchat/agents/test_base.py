import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

import pytest

from agentchat.agents import BaseChatAgent
from agentchat.base import Response, TaskResult
from agentchat.core import CancellationToken, _world
from agentchat.messages import (
    BaseChatMessage,
    ModelClientStreamingChunkEvent,
    TextMessage,
    ThoughtEvent,
)


class Echo(BaseChatAgent):
    """Thinks, and repeats what it was told."""

    produced_message_types = (TextMessage,)

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        return Response(
            chat_message=TextMessage(
                content=" ".join(message.to_text() for message in messages), source=self.name
            ),
            inner_messages=[ThoughtEvent(content="Repeat it.", source=self.name)],
        )

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        pass


class Deaf(Echo):
    """Knows nothing of the token, and never answers."""

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        await asyncio.Event().wait()
        raise AssertionError


def said(text: str, source: str = "user") -> TextMessage:
    return TextMessage(content=text, source=source)


def words(result: TaskResult) -> list[str]:
    return [f"{message.source}: {message.to_text()}" for message in result.messages]


@pytest.mark.parametrize(
    ("task", "heard"),
    [
        (None, []),
        ("Go", ["user: Go"]),
        (said("Go", "ann"), ["ann: Go"]),
        ([said("Go"), said("on", "ann")], ["user: Go", "ann: on"]),
        ((said("Go"),), ["user: Go"]),
    ],
)
async def test_a_task_is_words_or_a_message_or_several(task: Any, heard: list[str]) -> None:
    echo = " ".join(line.split(": ")[1] for line in heard)

    result = await Echo("echo", "").run(task=task)

    assert words(result) == [*heard, "echo: Repeat it.", f"echo: {echo}"]


@pytest.mark.parametrize(
    ("task", "complaint"),
    [([], "Task list cannot be empty"), ([1], "Invalid message type in sequence: <class 'int'>")],
)
async def test_other_tasks_are_refused(task: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        await Echo("echo", "").run(task=task)


async def test_the_stream_ends_with_what_run_returns() -> None:
    *shown, result = [item async for item in Echo("echo", "").run_stream(task="Go")]

    assert isinstance(result, TaskResult)
    assert list(result.messages) == shown
    assert words(result) == words(await Echo("echo", "").run(task="Go"))


async def test_the_task_may_be_left_out_of_the_result() -> None:
    result = await Echo("echo", "").run(task="Go", output_task_messages=False)

    assert words(result) == ["echo: Repeat it.", "echo: Go"]


async def test_chunks_are_shown_but_not_part_of_the_result() -> None:
    class Chunky(Echo):
        async def on_messages_stream(self, messages: Any, cancellation_token: Any) -> Any:
            yield ModelClientStreamingChunkEvent(content="G", source=self.name)
            yield Response(chat_message=said("Go", self.name))

    items = [item async for item in Chunky("echo", "").run_stream()]

    assert [type(item) for item in items] == [
        ModelClientStreamingChunkEvent,
        TextMessage,
        TaskResult,
    ]
    assert words(items[-1]) == ["echo: Go"]


@pytest.mark.parametrize("name", ["two words", "1st", ""])
def test_a_name_is_an_identifier(name: str) -> None:
    with pytest.raises(ValueError, match="The agent name must be a valid Python identifier"):
        Echo(name, "")


@pytest.mark.parametrize("streams", [True, False])
async def test_an_agent_that_ignores_the_token_is_cancelled_by_it(streams: bool) -> None:
    async def turn(agent: Echo) -> None:
        if streams:
            async for _ in agent.run_stream(cancellation_token=token):
                pass
        else:
            await agent.run(cancellation_token=token)

    token = CancellationToken()
    running = asyncio.create_task(turn(Deaf("deaf", "")))
    await asyncio.sleep(0)

    token.cancel()
    await asyncio.sleep(0)

    assert running.done()
    assert running.cancelled()


async def test_an_agent_works_in_a_part_of_the_run_that_its_consumer_is_not_in() -> None:
    paths: list[_world.Path] = []

    class Placed(Echo):
        async def on_messages_stream(self, messages: Any, cancellation_token: Any) -> Any:
            paths.append(_world.path())
            yield ThoughtEvent(content="", source=self.name)
            yield Response(chat_message=said("Go", self.name))

    async with aclosing(Placed("echo", "").run_stream()) as stream:
        async for _ in stream:
            paths.append(_world.path())

    assert paths == [("echo",), (), (), ()]


async def test_the_default_state_is_empty() -> None:
    echo = Echo("echo", "")

    state = await echo.save_state()
    await echo.load_state(state)

    assert state == {"type": "BaseState", "version": "1.0.0"}
