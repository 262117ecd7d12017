"""Memories that an assistant asks in one turn."""

from agentchat.agents import AssistantAgent
from agentchat.core.memory import ListMemory, MemoryContent, MemoryMimeType
from agentchat.core.model_context import UnboundedChatCompletionContext
from tests.compat.parity.cast import model, said
from tests.compat.parity.observation import attempt, component, plain, show, stream_of


def facts(name=None):
    return ListMemory(
        name,
        [
            MemoryContent(content="likes tea", mime_type=MemoryMimeType.TEXT, metadata={"n": 1}),
            MemoryContent(content={"shoe": 43}, mime_type=MemoryMimeType.JSON),
        ],
    )


async def in_a_turn():
    client = model(said("noted"))
    agent = AssistantAgent("waiter", client, memory=[facts()], system_message="Serve.")
    return {
        "stream": await stream_of(agent.run_stream(task="hello")),
        "asked": [plain(call["messages"]) for call in client.create_calls],
    }


async def for_a_model_of_one_system_message():
    client = model(said("noted"), multiple_system_messages=False)
    agent = AssistantAgent("waiter", client, memory=[facts()], system_message="Serve.")
    await agent.run(task="hello")
    return [plain(call["messages"]) for call in client.create_calls]


async def two_memories():
    agent = AssistantAgent("waiter", model(said("noted")), memory=[facts("a"), facts("b")])
    return await stream_of(agent.run_stream(task="hello"))


async def an_empty_memory():
    agent = AssistantAgent("waiter", model(said("noted")), memory=[ListMemory()])
    return await stream_of(agent.run_stream(task="hello"))


async def a_memory_that_is_no_list():
    refused = attempt(lambda: AssistantAgent("waiter", model(), memory=facts()))
    return [refused["raised"], refused["text"].partition("<")[0]]


async def the_memory_itself():
    memory, context = facts("tastes"), UnboundedChatCompletionContext()
    updated = await memory.update_context(context)
    found = await memory.query("anything")
    dumped = component(memory)
    await memory.add(MemoryContent(content="# more", mime_type="text/markdown"))
    added = len(memory.content)
    await memory.clear()
    return [
        memory.name,
        updated,
        found,
        dumped,
        added,
        memory.content,
        plain(await context.get_messages()),
    ]


async def main():
    await show(
        in_a_turn,
        for_a_model_of_one_system_message,
        two_memories,
        an_empty_memory,
        a_memory_that_is_no_list,
        the_memory_itself,
    )
