"""pydantic-ai: an agent that calls a tool."""

from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider


def answer(base_url: str) -> str:
    model = OpenAIChatModel("gpt-4o", provider=OpenAIProvider(base_url=base_url, api_key="no-key"))
    agent = Agent(model, instructions="Calculate.")

    @agent.tool_plain
    def multiply(a: int, b: int) -> int:
        """Multiplies."""
        return a * b

    return agent.run_sync("What is 6 * 7?").output
