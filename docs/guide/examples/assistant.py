"""An assistant agent: a model client, a name and a system message.

Offline, in two terminals:

    harness serve --script docs/guide/examples/script.yaml --scenario assistant

    export OPENAI_BASE_URL=http://127.0.0.1:8808/v1 OPENAI_API_KEY=none
    python docs/guide/examples/assistant.py
"""

import asyncio

from agentchat.agents import AssistantAgent
from agentchat.ext.models.openai import OpenAIChatCompletionClient


async def main() -> None:
    """Makes the assistant and gives it a task."""
    client = OpenAIChatCompletionClient(model="gpt-4o", seed=42, temperature=0)
    assistant = AssistantAgent(
        name="assistant",
        system_message="You are a helpful assistant.",
        model_client=client,
    )

    result = await assistant.run(task="Name three primary colours.")
    print(result.messages[-1].to_text())

    await client.close()


if __name__ == "__main__":
    asyncio.run(main())
