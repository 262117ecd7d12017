"""A model client made from a configuration: plain data says which one, and how it is set.

Offline, in two terminals:

    harness serve --script docs/guide/examples/script.yaml --scenario model_client_by_config

    export OPENAI_BASE_URL=http://127.0.0.1:8808/v1 OPENAI_API_KEY=none
    python docs/guide/examples/model_client_by_config.py
"""

import asyncio

from agentchat.core.models import ChatCompletionClient, UserMessage

CONFIGURATION = {
    "provider": "OpenAIChatCompletionClient",
    "config": {"model": "gpt-4o"},  # The key comes from OPENAI_API_KEY.
}


async def main() -> None:
    """Loads the client and asks it something."""
    client = ChatCompletionClient.load_component(CONFIGURATION)

    question = UserMessage(content="What is the capital of France?", source="user")
    answer = await client.create([question])
    print(answer.content)

    await client.close()


if __name__ == "__main__":
    asyncio.run(main())
