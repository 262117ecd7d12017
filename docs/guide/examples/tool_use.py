"""A chatbot with a tool: one agent calls it, runs it, and says in its own words what came out.

Type `What is the weather in Paris?`, then `Thank you!`, then `exit`.

Offline, in two terminals:

    harness serve --script docs/guide/examples/script.yaml --scenario tool_use

    export OPENAI_BASE_URL=http://127.0.0.1:8808/v1 OPENAI_API_KEY=none
    python docs/guide/examples/tool_use.py
"""

import asyncio

from agentchat.agents import AssistantAgent
from agentchat.core import CancellationToken
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from agentchat.messages import TextMessage


def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"The weather in {city} is 72 degree and sunny."


async def main() -> None:
    """Answers what is typed, until it is `exit`."""
    client = OpenAIChatCompletionClient(model="gpt-4o", seed=42, temperature=0)
    assistant = AssistantAgent(
        name="assistant",
        system_message="You are a helpful assistant. You can call tools to help user.",
        model_client=client,
        tools=[get_weather],
        reflect_on_tool_use=True,  # Without it, the answer is what the tool returned.
    )

    while (text := await asyncio.to_thread(input, "User: ")) != "exit":
        message = TextMessage(content=text, source="user")
        response = await assistant.on_messages([message], CancellationToken())
        print("Assistant:", response.chat_message.to_text())

    await client.close()


if __name__ == "__main__":
    asyncio.run(main())
