"""An assistant agent, given messages directly, with a token that can cancel its answer.

Offline, in two terminals:

    harness serve --script docs/guide/examples/script.yaml --scenario assistant_on_messages

    export OPENAI_BASE_URL=http://127.0.0.1:8808/v1 OPENAI_API_KEY=none
    python docs/guide/examples/assistant_on_messages.py
"""

import asyncio

from agentchat.agents import AssistantAgent
from agentchat.core import CancellationToken
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from agentchat.messages import TextMessage


async def main() -> None:
    """Sends one message and prints the answer."""
    client = OpenAIChatCompletionClient(model="gpt-4o", seed=42, temperature=0)
    assistant = AssistantAgent(
        name="assistant",
        system_message="You are a helpful assistant.",
        model_client=client,
    )

    token = CancellationToken()  # token.cancel() would raise CancelledError in the await below.
    response = await assistant.on_messages([TextMessage(content="Hello!", source="user")], token)
    print(response.chat_message.to_text())

    await client.close()


if __name__ == "__main__":
    asyncio.run(main())
