"""A model client made by its class.

Offline, in two terminals:

    harness serve --script docs/guide/examples/script.yaml --scenario model_client

    export OPENAI_BASE_URL=http://127.0.0.1:8808/v1 OPENAI_API_KEY=none
    python docs/guide/examples/model_client.py
"""

import asyncio

from agentchat.core.models import UserMessage
from agentchat.ext.models.openai import OpenAIChatCompletionClient


async def main() -> None:
    """Makes the client and asks it something."""
    client = OpenAIChatCompletionClient(model="gpt-4o")

    question = UserMessage(content="What is the capital of Japan?", source="user")
    answer = await client.create([question])
    print(answer.content)

    await client.close()


if __name__ == "__main__":
    asyncio.run(main())
