from typing import Any

from agentchat.agents import AssistantAgent
from agentchat.core.memory import ListMemory, MemoryContent
from agentchat.core.models import (
    AssistantMessage,
    LLMMessage,
    SystemMessage,
    UserMessage,
)
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.messages import MemoryQueryEvent
from tests.agentchat.agents.replies import CAPABLE

TEA = MemoryContent(content="Likes tea.", mime_type="text/plain")
NOTE = SystemMessage(content="\nRelevant memory content (in chronological order):\n1. Likes tea.\n")
BRIEF = SystemMessage(content="Be brief.")
TURN: list[LLMMessage] = [
    UserMessage(content="Go", source="user"),
    AssistantMessage(content="One", source="bob"),
]
GO_ON = UserMessage(content="Go on", source="user")


async def requests_with(multiple_system_messages: bool) -> tuple[AssistantAgent, list[Any]]:
    info = {**CAPABLE, "multiple_system_messages": multiple_system_messages}
    client = ReplayChatCompletionClient(["One", "Two"], model_info=info)
    memory = [ListMemory(memory_contents=[TEA])]
    agent = AssistantAgent("bob", client, system_message="Be brief.", memory=memory)
    await agent.run(task="Go")
    await agent.run(task="Go on")
    return agent, [call["messages"] for call in client.create_calls]


async def test_memories_are_told_in_each_turn_and_never_pile_up() -> None:
    """F38: each turn left another copy in the conversation."""
    agent, requests = await requests_with(multiple_system_messages=True)

    assert requests == [[BRIEF, TURN[0], NOTE], [BRIEF, *TURN, GO_ON, NOTE]]
    assert await agent.model_context.get_messages() == [
        *TURN,
        GO_ON,
        AssistantMessage(content="Two", source="bob"),
    ]


async def test_memories_stand_with_the_instructions_where_the_model_needs_that() -> None:
    """F38: many models refuse system messages apart from each other."""
    _, requests = await requests_with(multiple_system_messages=False)

    assert requests == [[BRIEF, NOTE, TURN[0]], [BRIEF, NOTE, *TURN, GO_ON]]


async def test_what_was_remembered_is_an_event() -> None:
    client = ReplayChatCompletionClient(["One"])
    agent = AssistantAgent("bob", client, memory=[ListMemory(memory_contents=[TEA]), ListMemory()])

    result = await agent.run(task="Go")

    events = [m for m in result.messages if isinstance(m, MemoryQueryEvent)]
    assert [event.content for event in events] == [[TEA]]
