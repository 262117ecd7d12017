import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

import pytest

from agentchat.agents import BaseChatAgent
from agentchat.base import Response, TaskResult
from agentchat.conditions import MaxMessageTermination
from agentchat.core import CancellationToken
from agentchat.messages import BaseAgentEvent, BaseChatMessage, TextMessage, ThoughtEvent
from agentchat.teams import RoundRobinGroupChat
from agentchat.tools import AgentTool, TeamTool, ToolCallsItself


class Counter(BaseChatAgent):
    """Numbers its answers, and notes when two are asked of it at a time."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "Counts what it is told.")
        self.heard = 0
        self.busy = False
        self.tool: AgentTool | None = None

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return (TextMessage,)

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        assert not self.busy
        self.busy = True
        await asyncio.sleep(0)
        self.busy = False
        self.heard += 1
        if self.tool is not None:
            await self.tool.run_json({"task": "again"}, cancellation_token)
        content = f"{self.heard}: {messages[-1].to_text()}"
        return Response(chat_message=TextMessage(source=self.name, content=content))

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        self.heard = 0

    async def save_state(self) -> Mapping[str, Any]:
        return {"heard": self.heard}

    async def load_state(self, state: Mapping[str, Any]) -> None:
        self.heard = state["heard"]


def team() -> RoundRobinGroupChat:
    return RoundRobinGroupChat(
        [Counter("a"), Counter("b")], termination_condition=MaxMessageTermination(3)
    )


def test_an_agent_tool_is_named_after_its_agent() -> None:
    assert AgentTool(Counter("a")).schema == {
        "name": "a",
        "description": "Counts what it is told.",
        "parameters": {
            "type": "object",
            "properties": {"task": {"title": "Task", "type": "string"}},
            "required": ["task"],
            "additionalProperties": False,
        },
        "strict": True,
    }


def test_a_team_tool_is_named_by_its_user() -> None:
    tool = TeamTool(team(), "editors", "Edit a text.")

    assert (tool.name, tool.description) == ("editors", "Edit a text.")


async def test_a_tool_streams_what_is_done_and_ends_with_the_result() -> None:
    tool = AgentTool(Counter("a"))

    items = [item async for item in tool.run_json_stream({"task": "go"}, CancellationToken())]

    assert [type(item) for item in items] == [TextMessage, TextMessage, TaskResult]
    assert items[-1].messages == items[:-1]


async def test_the_model_is_told_all_answers() -> None:
    tool = TeamTool(team(), "editors", "Edit a text.")

    result = await tool.run_json({"task": "go"}, CancellationToken())

    assert tool.return_value_as_string(result) == "a: 1: go\n\nb: 1: 1: go"


async def test_the_model_may_be_told_only_the_last_answer() -> None:
    tool = TeamTool(team(), "editors", "Edit a text.", return_value_as_last_message=True)

    result = await tool.run_json({"task": "go"}, CancellationToken())

    assert tool.return_value_as_string(result) == "1: 1: go"


@pytest.mark.parametrize("messages", [[], [ThoughtEvent(source="a", content="hm")]])
def test_the_last_answer_must_be_a_chat_message(messages: list[BaseAgentEvent]) -> None:
    tool = AgentTool(Counter("a"), return_value_as_last_message=True)

    with pytest.raises(ValueError, match="The last message is not a BaseChatMessage"):
        tool.return_value_as_string(TaskResult(messages=messages))


async def test_calls_at_the_same_time_wait_for_each_other() -> None:
    tool = AgentTool(Counter("a"))

    results = await asyncio.gather(
        *(tool.run_json({"task": str(n)}, CancellationToken()) for n in range(3))
    )

    assert [tool.return_value_as_string(r) for r in results] == ["a: 1: 0", "a: 2: 1", "a: 3: 2"]


def test_a_tool_may_be_called_from_one_loop_after_the_other() -> None:
    tool = AgentTool(Counter("a"))

    async def both() -> None:
        calls = (tool.run_json({"task": "go"}, CancellationToken()) for _ in range(2))
        await asyncio.gather(*calls)

    asyncio.run(both())
    asyncio.run(both())

    assert asyncio.run(tool.save_state_json()) == {"heard": 4}


async def test_a_call_from_inside_its_own_run_is_refused() -> None:
    agent = Counter("a")
    agent.tool = AgentTool(agent)

    with pytest.raises(ToolCallsItself, match="Tool 'a' is called from inside its own run"):
        await agent.tool.run_json({"task": "go"}, CancellationToken())


async def test_closing_the_stream_early_lets_the_next_call_in() -> None:
    tool = AgentTool(Counter("a"))
    stream: AsyncGenerator[Any, None] = tool.run_json_stream({"task": "go"}, CancellationToken())

    await anext(stream)
    await stream.aclose()

    result = await tool.run_json({"task": "next"}, CancellationToken())
    assert tool.return_value_as_string(result) == "a: 1: next"


async def test_the_state_of_a_tool_is_its_runners() -> None:
    tool, restored = AgentTool(Counter("a")), AgentTool(Counter("a"))
    await tool.run_json({"task": "go"}, CancellationToken())

    await restored.load_state_json(await tool.save_state_json())

    assert await restored.save_state_json() == {"heard": 1}
