"""pydantic-ai: an agent that calls a tool, streamed."""

import asyncio

from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider


async def _answer(base_url: str, question: str) -> str:
    model = OpenAIChatModel("gpt-4o", provider=OpenAIProvider(base_url=base_url, api_key="no-key"))
    agent = Agent(model, instructions="Calculate.")

    @agent.tool_plain
    def multiply(a: int, b: int) -> int:
        """Multiplies."""
        return a * b

    async with agent.run_stream(question) as result:
        return str(await result.get_output())


def answer(base_url: str, question: str) -> str:
    return asyncio.run(_answer(base_url, question))
