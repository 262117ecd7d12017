import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from agentchat.agents import (
    AssistantAgent,
    BaseChatAgent,
    MessageFilterAgent,
    MessageFilterConfig,
    PerSourceFilter,
)
from agentchat.base import Response
from agentchat.core import CancellationToken
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.messages import BaseChatMessage, TextMessage, ThoughtEvent


class Recorder(BaseChatAgent):
    """Repeats what it was told, and notes what else was done to it."""

    produced_message_types = (TextMessage,)

    def __init__(self) -> None:
        super().__init__("recorder", "Repeats.")
        self.notes: list[str] = []

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        content = " ".join(message.to_text() for message in messages)
        return Response(
            chat_message=TextMessage(content=content, source=self.name),
            inner_messages=[ThoughtEvent(content="Repeat.", source=self.name)],
        )

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        self.notes.append("reset")

    async def on_pause(self, cancellation_token: CancellationToken) -> None:
        self.notes.append("pause")

    async def on_resume(self, cancellation_token: CancellationToken) -> None:
        self.notes.append("resume")

    async def save_state(self) -> Mapping[str, Any]:
        return {"notes": list(self.notes)}

    async def load_state(self, state: Mapping[str, Any]) -> None:
        self.notes = list(state["notes"])

    async def close(self) -> None:
        self.notes.append("close")


def filtered(*filters: PerSourceFilter) -> tuple[MessageFilterAgent, Recorder]:
    recorder = Recorder()
    config = MessageFilterConfig(per_source=list(filters))
    return MessageFilterAgent("filtered", recorder, config), recorder


ALL_OF_A = PerSourceFilter(source="a")
LAST_A = PerSourceFilter(source="a", position="last", count=1)


@pytest.mark.parametrize(
    ("filters", "passed"),
    [
        ([], ""),
        ([ALL_OF_A], "a0 a2 a3"),
        ([PerSourceFilter(source="a", position="first", count=2)], "a0 a2"),
        ([PerSourceFilter(source="a", position="last", count=2)], "a2 a3"),
        ([PerSourceFilter(source="a", position="last")], "a0 a2 a3"),
        ([PerSourceFilter(source="a", count=1)], "a0 a2 a3"),
        ([PerSourceFilter(source="b"), LAST_A], "b1 b4 a3"),
        ([LAST_A, LAST_A], "a3 a3"),
    ],
)
async def test_messages_pass_filter_by_filter(filters: list[PerSourceFilter], passed: str) -> None:
    agent, _ = filtered(*filters)
    task = [TextMessage(content=f"{s}{n}", source=s) for n, s in enumerate("abaab")]

    result = await agent.run(task=task, output_task_messages=False)
    stream = [item async for item in agent.run_stream(task=task, output_task_messages=False)]

    texts = ["Repeat.", passed]
    assert [message.to_text() for message in result.messages] == texts
    assert [item.to_text() for item in stream[:-1]] == texts


async def test_everything_else_reaches_the_wrapped_agent() -> None:
    agent, recorder = filtered()
    token = CancellationToken()

    await agent.on_pause(token)
    await agent.on_resume(token)
    await agent.on_reset(token)
    await agent.close()

    assert recorder.notes == ["pause", "resume", "reset", "close"]
    assert agent.description == "Repeats. (with message filtering)"
    assert agent.produced_message_types == (TextMessage,)


async def test_its_state_is_the_wrapped_agents() -> None:
    agent, recorder = filtered()
    recorder.notes = ["kept"]
    successor, heir = filtered()

    await successor.load_state(await agent.save_state())

    assert heir.notes == ["kept"]


async def test_a_state_of_upstream_leaves_the_wrapped_agent_alone() -> None:
    agent, recorder = filtered()
    recorder.notes = ["kept"]

    await agent.load_state({"type": "BaseState", "version": "1.0.0"})

    assert recorder.notes == ["kept"]


def test_it_comes_back_from_its_form() -> None:
    wrapped = AssistantAgent("bob", ReplayChatCompletionClient([]))
    config = MessageFilterConfig(per_source=[ALL_OF_A, LAST_A])
    form = MessageFilterAgent("filtered", wrapped, config).dump_component()

    loaded = MessageFilterAgent.load_component(json.loads(form.model_dump_json()))

    assert loaded.dump_component() == form
    assert form.config["filter"] == {
        "per_source": [{"source": "a"}, {"source": "a", "position": "last", "count": 1}]
    }
