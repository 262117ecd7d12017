"""Long context handling: the model is shown only the last ten messages.

Type `My name is Ada.`, `Count to one.`, `Count to two.`, `Count to three.`, `Count to four.`,
`Count to five.`, `What is my name?` and `exit`: in the end the model no longer sees the name.

Offline, in two terminals:

    harness serve --script docs/guide/examples/script.yaml --scenario long_context

    export OPENAI_BASE_URL=http://127.0.0.1:8808/v1 OPENAI_API_KEY=none
    python docs/guide/examples/long_context.py
"""

import asyncio

from agentchat.agents import AssistantAgent
from agentchat.core import CancellationToken
from agentchat.core.model_context import BufferedChatCompletionContext
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from agentchat.messages import TextMessage


async def main() -> None:
    """Answers what is typed, until it is `exit`."""
    client = OpenAIChatCompletionClient(model="gpt-4o", seed=42, temperature=0)
    assistant = AssistantAgent(
        name="assistant",
        system_message="You are a helpful assistant.",
        model_client=client,
        model_context=BufferedChatCompletionContext(buffer_size=10),
    )

    while (text := await asyncio.to_thread(input, "User: ")) != "exit":
        message = TextMessage(content=text, source="user")
        response = await assistant.on_messages([message], CancellationToken())
        print("Assistant:", response.chat_message.to_text())

    await client.close()


if __name__ == "__main__":
    asyncio.run(main())
