"""A replayed call takes its recorded time on the world's clock, and can be given up there."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from agentchat.core import CancellationToken, _world
from agentchat.core.models import LLMMessage, UserMessage
from harness.clients import (
    FunctionModel,
    RecordingChatCompletionClient,
    ReplayingChatCompletionClient,
)
from harness.errors import ReplayMiss
from harness.simulation import SeededWorld

ASK: list[LLMMessage] = [UserMessage(content="hi", source="user")]


async def slow(*_: Any) -> str:
    await _world.sleep(2)
    return "at last"


async def dripping(*_: Any) -> AsyncIterator[str]:
    for piece in ("a", "b", "c"):
        await _world.sleep(0.5)
        yield piece


async def recorded(file: Path, model: FunctionModel) -> None:
    client = RecordingChatCompletionClient(model, file)
    with _world.entered(SeededWorld()):
        await client.create(ASK)
        async for _ in client.create_stream(ASK):
            pass
    await client.close()


async def test_an_answer_takes_as_long_as_it_took(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    await recorded(file, FunctionModel(slow))

    with _world.entered(SeededWorld()):
        await ReplayingChatCompletionClient(file, pace=True).create(ASK)

        assert _world.monotonic() == 2


async def test_pieces_come_when_they_came(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    await recorded(file, FunctionModel(dripping))

    with _world.entered(SeededWorld()):
        client = ReplayingChatCompletionClient(file, pace=True)
        times = [(_world.monotonic(), item) async for item in client.create_stream(ASK)]

    assert [(at, item) for at, item in times if isinstance(item, str)] == [
        (0.5, "a"), (1.0, "b"), (1.5, "c"),
    ]  # fmt: skip


async def test_no_time_passes_where_no_pace_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    await recorded(file, FunctionModel(slow))

    with _world.entered(SeededWorld()):
        await ReplayingChatCompletionClient(file).create(ASK)

        assert _world.monotonic() == 0


async def test_a_call_that_was_given_up_is_given_up_again(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    token = CancellationToken()

    async def never(*_: Any) -> str:
        token.cancel()
        await asyncio.Event().wait()
        return ""

    client = RecordingChatCompletionClient(FunctionModel(never), file)
    with pytest.raises(asyncio.CancelledError):
        await client.create(ASK, cancellation_token=token)
    await client.close()

    replaying, again = ReplayingChatCompletionClient(file), CancellationToken()
    waiting = asyncio.ensure_future(replaying.create(ASK, cancellation_token=again))
    await asyncio.sleep(0)
    again.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with _world.entered(SeededWorld()), pytest.raises(ReplayMiss, match="stopped waiting"):
        await ReplayingChatCompletionClient(file).create(ASK)


async def test_a_token_stops_a_replay_in_the_middle_of_its_time(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    await recorded(file, FunctionModel(slow))
    token = CancellationToken()

    class Cancelling(SeededWorld):
        async def sleep(self, seconds: float) -> None:
            token.cancel()
            await asyncio.Event().wait()

    client = ReplayingChatCompletionClient(file, pace=True)
    with _world.entered(Cancelling()), pytest.raises(asyncio.CancelledError):
        await client.create(ASK, cancellation_token=token)
