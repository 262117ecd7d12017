"""A message of words and a picture, for a model that sees.

Offline, in two terminals:

    harness serve --script docs/guide/examples/script.yaml --scenario multi_modal

    export OPENAI_BASE_URL=http://127.0.0.1:8808/v1 OPENAI_API_KEY=none
    python docs/guide/examples/multi_modal.py
"""

import asyncio
import tempfile
from pathlib import Path

import PIL.Image

from agentchat.agents import AssistantAgent
from agentchat.core import CancellationToken, Image
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from agentchat.messages import MultiModalMessage


async def main() -> None:
    """Draws a red square into a file, and asks what is to be seen."""
    client = OpenAIChatCompletionClient(model="gpt-4o", seed=42, temperature=0)
    assistant = AssistantAgent(
        name="assistant",
        system_message="You are a helpful assistant.",
        model_client=client,
    )

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "test.png"
        PIL.Image.new("RGB", (32, 32), "red").save(file)
        picture = Image.from_file(file)
    message = MultiModalMessage(content=["Here is an image:", picture], source="user")

    response = await assistant.on_messages([message], CancellationToken())
    print(response.chat_message.to_text())

    await client.close()


if __name__ == "__main__":
    asyncio.run(main())
