"""Reflection on tool results, and several rounds of tools in one turn."""

from agentchat.agents import AssistantAgent
from tests.compat.parity.cast import calls, model, said
from tests.compat.parity.observation import plain, show, stream_of

ADD = ("add", '{"a": 1, "b": 2}')


def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b


async def seen(*replies, **options):
    client = model(*replies)
    agent = AssistantAgent("worker", client, tools=[add], system_message="Count.", **options)
    return {
        "stream": await stream_of(agent.run_stream(task="go")),
        "asked": [plain(call["messages"]) for call in client.create_calls],
        "tools": [len(call["tools"]) for call in client.create_calls],
        "context": plain(await agent.model_context.get_messages()),
    }


async def reflection():
    return await seen(calls(ADD), said("It is 3."), reflect_on_tool_use=True)


async def reflection_with_thoughts():
    replies = calls(ADD, thought="adding"), said("It is 3.", thought="looks right")
    return await seen(*replies, reflect_on_tool_use=True)


async def reflection_without_words():
    return await seen(calls(ADD), calls(ADD), reflect_on_tool_use=True)


async def two_rounds_then_words():
    return await seen(calls(ADD), calls(ADD, ADD), said("done"), max_tool_iterations=5)


async def the_limit_of_rounds():
    return await seen(calls(ADD), calls(ADD, ADD), said("never"), max_tool_iterations=2)


async def the_limit_of_rounds_and_reflection():
    options = {"max_tool_iterations": 2, "reflect_on_tool_use": True}
    return await seen(calls(ADD), calls(ADD), said("3 and 3"), **options)


async def thoughts_in_every_round():
    replies = calls(ADD, thought="one"), calls(ADD, thought="two"), said("done", thought="three")
    return await seen(*replies, max_tool_iterations=3)


async def words_at_once():
    return await seen(said("no tool needed"), reflect_on_tool_use=True, max_tool_iterations=3)


async def main():
    await show(
        reflection,
        reflection_with_thoughts,
        reflection_without_words,
        two_rounds_then_words,
        the_limit_of_rounds,
        the_limit_of_rounds_and_reflection,
        thoughts_in_every_round,
        words_at_once,
    )
