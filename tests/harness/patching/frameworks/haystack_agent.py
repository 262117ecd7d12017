"""Haystack: an agent that calls a tool, streamed."""

from haystack.components.agents import Agent
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.dataclasses import ChatMessage
from haystack.tools import tool
from haystack.utils import Secret


@tool
def multiply(a: int, b: int) -> int:
    """Multiplies."""
    return a * b


def answer(base_url: str, question: str) -> str:
    tokens: list[str] = []
    model = OpenAIChatGenerator(
        api_key=Secret.from_token("no-key"), model="gpt-4o", api_base_url=base_url
    )
    agent = Agent(
        chat_generator=model,
        tools=[multiply],
        streaming_callback=lambda chunk: tokens.append(chunk.content),
    )
    return str(agent.run(messages=[ChatMessage.from_user(question)])["last_message"].text)
