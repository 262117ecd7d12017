"""The OpenAI Agents SDK: an agent that calls a tool, streamed."""

import asyncio

from agents import Agent, OpenAIChatCompletionsModel, Runner, function_tool, set_tracing_disabled
from openai import AsyncOpenAI


@function_tool
def multiply(a: int, b: int) -> int:
    """Multiplies."""
    return a * b


async def _answer(base_url: str, question: str) -> str:
    set_tracing_disabled(True)
    client = AsyncOpenAI(base_url=base_url, api_key="no-key")
    agent = Agent(
        name="Calculator",
        instructions="Calculate.",
        model=OpenAIChatCompletionsModel("gpt-4o", client),
        tools=[multiply],
    )
    result = Runner.run_streamed(agent, question)
    async for _ in result.stream_events():
        pass
    return str(result.final_output)


def answer(base_url: str, question: str) -> str:
    return asyncio.run(_answer(base_url, question))
