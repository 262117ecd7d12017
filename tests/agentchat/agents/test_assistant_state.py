"""What an assistant saves beside what upstream does."""

import json
from typing import Any

import pytest
from pydantic import BaseModel

from agentchat.agents import AssistantAgent
from agentchat.core import CancellationToken, FunctionCall
from agentchat.core.memory import (
    ListMemory,
    Memory,
    MemoryContent,
    MemoryQueryResult,
    UpdateContextResult,
)
from agentchat.core.models import CreateResult, RequestUsage, UserMessage
from agentchat.core.tools import BaseToolWithState, FunctionTool, StaticWorkbench
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.messages import TextMessage
from tests.agentchat.agents.replies import CAPABLE

COUNT_ONCE = CreateResult(
    finish_reason="function_calls",
    content=[FunctionCall(id="1", name="count", arguments="{}")],
    usage=RequestUsage(prompt_tokens=1, completion_tokens=1),
    cached=False,
)


class Nothing(BaseModel):
    pass


class Count(BaseModel):
    count: int = 0


class Counter(BaseToolWithState[Nothing, int, Count]):
    """Counts its calls."""

    def __init__(self) -> None:
        super().__init__(Nothing, int, Count, "count", "Counts.")
        self.counted = 0

    async def run(self, args: Nothing, cancellation_token: CancellationToken) -> int:
        self.counted += 1
        return self.counted

    def save_state(self) -> Count:
        return Count(count=self.counted)

    def load_state(self, state: Count) -> None:
        self.counted = state.count


class Elsewhere(Memory):
    """Keeps what it knows somewhere else."""

    async def update_context(self, model_context: Any) -> UpdateContextResult:
        return UpdateContextResult(memories=MemoryQueryResult(results=[]))

    async def query(self, query: Any, *_: Any, **__: Any) -> MemoryQueryResult:
        return MemoryQueryResult(results=[])

    async def add(self, content: MemoryContent, *_: Any) -> None:
        pass

    async def clear(self) -> None:
        pass

    async def close(self) -> None:
        pass


def assistant(*replies: str | CreateResult, **options: Any) -> AssistantAgent:
    client = ReplayChatCompletionClient(replies, model_info=CAPABLE)
    return AssistantAgent("bob", client, system_message=None, **options)


async def test_the_state_is_upstreams_where_there_is_nothing_to_add() -> None:
    agent = assistant("Hello.", tools=[FunctionTool(lambda: "", "Rings.", name="ring")])

    state = await agent.save_state()

    assert state == {
        "type": "AssistantAgentState",
        "version": "1.0.0",
        "llm_context": {"messages": []},
    }


async def test_tools_remember_what_they_did_before() -> None:
    used, fresh = Counter(), Counter()
    before, after = assistant(COUNT_ONCE, tools=[used]), assistant(tools=[fresh])
    await before.run(task="Count.")

    await after.load_state(await before.save_state())

    assert fresh.counted == 1


async def test_states_of_other_workbenches_are_refused() -> None:
    before = assistant(COUNT_ONCE, workbench=[StaticWorkbench([Counter()])])
    after = assistant(workbench=[StaticWorkbench([Counter()]), StaticWorkbench([])])
    await before.run(task="Count.")

    with pytest.raises(ValueError, match="an agent with 1 workbenches, and this one has 2"):
        await after.load_state(await before.save_state())


async def test_a_message_that_awaits_its_answer_is_not_told_again() -> None:
    message = TextMessage(content="Go.", source="user")
    before, after = assistant(), assistant("Hello.")
    with pytest.raises(ValueError, match="No more mock responses"):
        await before.on_messages([message], CancellationToken())

    await after.load_state(await before.save_state())
    await after.on_messages([message], CancellationToken())

    context = await after.model_context.get_messages()
    assert context[:-1] == [UserMessage(content="Go.", source="user")]


async def test_memories_remember_what_they_were_told_before() -> None:
    told = [
        MemoryContent(content="Oslo", mime_type="text/plain", metadata={"at": 1}),
        MemoryContent(content=b"\xff\x00", mime_type="application/octet-stream"),
    ]
    fresh = ListMemory()
    before, after = assistant(memory=[ListMemory(memory_contents=told)]), assistant(memory=[fresh])

    await after.load_state(json.loads(json.dumps(await before.save_state())))

    assert fresh.content == told


async def test_a_memory_without_a_state_adds_nothing() -> None:
    agent = assistant(memory=[Elsewhere()])

    state = await agent.save_state()
    await agent.load_state(state)

    assert "memories" not in state


async def test_states_of_other_memories_are_refused() -> None:
    told = [MemoryContent(content="Oslo", mime_type="text/plain")]
    before, after = assistant(memory=[ListMemory(memory_contents=told)]), assistant()

    with pytest.raises(ValueError, match="an agent with 1 memories, and this one has 0"):
        await after.load_state(await before.save_state())
