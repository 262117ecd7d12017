import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest

from agentchat.agents import AssistantAgent, BaseChatAgent, SocietyOfMindAgent
from agentchat.base import Response, TaskResult
from agentchat.core import CancellationToken
from agentchat.core.models import AssistantMessage, LLMMessage, SystemMessage, UserMessage
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.messages import BaseChatMessage, TextMessage
from agentchat.teams import RoundRobinGroupChat

INSTRUCTION = "Work on this."
PROMPT = "Sum it up."


def client(*replies: str, multiple_system_messages: bool = True) -> ReplayChatCompletionClient:
    info: Any = {
        "vision": False,
        "function_calling": False,
        "json_output": False,
        "structured_output": False,
        "family": "unknown",
        "multiple_system_messages": multiple_system_messages,
    }
    return ReplayChatCompletionClient(replies, model_info=info)


def society(
    outer: ReplayChatCompletionClient, inner: ReplayChatCompletionClient | BaseChatAgent
) -> SocietyOfMindAgent:
    member = inner
    if isinstance(inner, ReplayChatCompletionClient):
        member = AssistantAgent("worker", inner, system_message=None)
    team = RoundRobinGroupChat([member], max_turns=1)
    return SocietyOfMindAgent(
        "society", team, outer, instruction=INSTRUCTION, response_prompt=PROMPT
    )


def shown(result: TaskResult) -> list[str]:
    return [f"{message.source}: {message.to_text()}" for message in result.messages]


def requests_of(model: ReplayChatCompletionClient) -> list[list[LLMMessage]]:
    return [call["messages"] for call in model.create_calls]


async def test_the_team_works_and_the_model_sums_up() -> None:
    outer = client("Summary")
    agent = society(outer, client("Work"))

    *stream, _ = [item async for item in agent.run_stream(task="Go")]

    assert [f"{item.source}: {item.to_text()}" for item in stream] == [
        "user: Go",
        "worker: Work",
        "society: Summary",
    ]
    assert requests_of(outer) == [
        [
            SystemMessage(content=INSTRUCTION),
            UserMessage(content="Work", source="worker"),
            SystemMessage(content=PROMPT),
        ]
    ]


async def test_instructions_are_the_users_where_the_model_takes_one_system_message() -> None:
    outer = client("Summary", multiple_system_messages=False)

    await society(outer, client("Work")).run(task="Go")

    assert requests_of(outer) == [
        [
            UserMessage(content=INSTRUCTION, source="user"),
            UserMessage(content="Work", source="worker"),
            UserMessage(content=PROMPT, source="user"),
        ]
    ]


async def test_run_shows_the_answer_without_the_teams_conversation() -> None:
    result = await society(client("Summary"), client("Work")).run(task="Go")

    assert shown(result) == ["user: Go", "society: Summary"]


async def test_it_remembers_what_it_was_told_and_what_it_answered() -> None:
    """E34: its own answers were forgotten, so that it contradicted itself."""
    inner = client("Work", "More work")
    agent = society(client("Summary", "More"), inner)

    await agent.run(task="Go")
    await agent.run(task="Go on")

    known = [
        UserMessage(content="Go", source="user"),
        AssistantMessage(content="Summary", source="society"),
    ]
    assert requests_of(inner)[1] == [
        *known,
        UserMessage(content="relevant previous messages", source="society"),
        UserMessage(content="Go on", source="user"),
    ]
    assert (await agent.model_context.get_messages())[:2] == known


async def test_nothing_to_say_lets_the_team_go_on_by_itself() -> None:
    """E34: an empty list of messages was refused by the team."""
    result = await society(client("Summary"), client("Work")).run()

    assert shown(result) == ["society: Summary"]


class Stuck(BaseChatAgent):
    """Never answers, and counts its resets."""

    produced_message_types = (TextMessage,)

    def __init__(self) -> None:
        super().__init__("worker", "Is stuck.")
        self.asked = asyncio.Event()
        self.resets = 0

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        self.asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        self.resets += 1


async def test_cancelling_it_cancels_the_team_and_leaves_it_fresh() -> None:
    """E34."""
    stuck, token = Stuck(), CancellationToken()
    agent = society(client("Summary"), stuck)
    turn = asyncio.create_task(agent.run(task="Go", cancellation_token=token))
    await stuck.asked.wait()

    token.cancel()

    with pytest.raises(asyncio.CancelledError):
        await turn
    assert stuck.resets == 1
    assert await agent.model_context.get_messages() == []


async def test_its_state_is_the_teams_and_its_own() -> None:
    """A10."""
    agent, successor = society(client("Summary"), client("Work")), society(client(), client())
    await agent.run(task="Go")

    state = json.loads(json.dumps(await agent.save_state()))
    await successor.load_state(state)

    assert state["type"] == "SocietyOfMindAgentState"
    assert await successor.save_state() == await agent.save_state()


async def test_a_state_of_upstream_loads() -> None:
    agent = society(client(), client())
    state = dict(await agent.save_state())
    del state["llm_context"]

    await agent.load_state(state)

    assert await agent.model_context.get_messages() == []


def test_it_comes_back_from_its_form() -> None:
    form = society(client("Summary"), client("Work")).dump_component()

    loaded = SocietyOfMindAgent.load_component(json.loads(form.model_dump_json()))

    assert loaded.dump_component() == form
    assert sorted(form.config) == [
        "description",
        "instruction",
        "model_client",
        "name",
        "response_prompt",
        "team",
    ]
