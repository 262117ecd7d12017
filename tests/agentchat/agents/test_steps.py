"""Agents stand in their own part of the run, however they are called."""

from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import pytest

from agentchat.agents import AssistantAgent, SocietyOfMindAgent
from agentchat.base import ChatAgent
from agentchat.core import CancellationToken, _world
from agentchat.core.models import ChatCompletionClient
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.messages import TextMessage
from agentchat.teams import RoundRobinGroupChat

HI = [TextMessage(content="Hi", source="user")]


class Noting(ReplayChatCompletionClient):
    """A model that notes where in the run it is asked."""

    def __init__(self) -> None:
        super().__init__(["Hello."] * 6)
        self.paths: list[_world.Path] = []

    async def create(self, *args: Any, **kwargs: Any) -> Any:
        self.paths.append(_world.path())
        return await super().create(*args, **kwargs)


def assistant(client: ChatCompletionClient) -> ChatAgent:
    return AssistantAgent("helper", client)


def society(client: ChatCompletionClient) -> ChatAgent:
    team = RoundRobinGroupChat(
        [AssistantAgent("inner", ReplayChatCompletionClient(["Well."] * 3))], max_turns=1
    )
    return SocietyOfMindAgent("helper", team, client)


@pytest.mark.parametrize("made", [assistant, society])
async def test_an_agent_that_is_called_directly_asks_its_model_as_in_a_run(
    made: Callable[[ChatCompletionClient], ChatAgent],
) -> None:
    client = Noting()
    agent = made(client)

    await agent.run(task="Hi")
    await agent.on_messages(HI, CancellationToken())
    stream = agent.on_messages_stream(HI, CancellationToken())
    with _world.scope("team#1"), _world.scope("helper#2"):
        async with aclosing(stream):
            async for _ in stream:
                pass

    assert client.paths == [("helper",), ("helper",), ("team#1", "helper#2")]


async def test_an_agent_that_another_calls_stands_in_the_part_of_the_other() -> None:
    client = Noting()

    with _world.scope("outer"):
        await assistant(client).on_messages(HI, CancellationToken())

    assert client.paths == [("outer", "helper")]
