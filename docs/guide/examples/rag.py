"""An agent with a memory: what is near to the task is found in ChromaDB and told to the model.

It needs chromadb: `pip install "agentchat-harness[openai,chromadb]"`. Texts are compared by their
words, which needs no download; leave `embedding_function_config` out for Chroma's own model.

Offline, in two terminals:

    harness serve --script docs/guide/examples/script.yaml --scenario rag

    export OPENAI_BASE_URL=http://127.0.0.1:8808/v1 OPENAI_API_KEY=none
    python docs/guide/examples/rag.py
"""

import asyncio
import tempfile
from pathlib import Path

from agentchat.agents import AssistantAgent
from agentchat.core.memory import MemoryContent, MemoryMimeType
from agentchat.ext.memory.chromadb import (
    ChromaDBVectorMemory,
    OfflineEmbeddingFunctionConfig,
    PersistentChromaDBVectorMemoryConfig,
)
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from agentchat.messages import MemoryQueryEvent

PREFERENCES = (
    "Temperatures in degrees Celsius, and weather in metric units, please.",
    "Recipes are vegan.",
)


async def get_weather(city: str, units: str) -> str:
    """The weather in a city, in imperial or metric units."""
    return f"The weather in {city} is {'73 °F' if units == 'imperial' else '23 °C'} and sunny."


async def main() -> None:
    """Remembers two preferences, and asks something that one of them is about."""
    with tempfile.TemporaryDirectory() as folder:
        memory = ChromaDBVectorMemory(
            config=PersistentChromaDBVectorMemoryConfig(
                collection_name="preferences",
                persistence_path=str(Path(folder) / "chromadb"),
                k=1,  # Tell the nearest one,
                score_threshold=0.2,  # if it is near at all.
                embedding_function_config=OfflineEmbeddingFunctionConfig(),
            )
        )
        for preference in PREFERENCES:
            await memory.add(MemoryContent(content=preference, mime_type=MemoryMimeType.TEXT))

        client = OpenAIChatCompletionClient(model="gpt-4o")
        assistant = AssistantAgent(
            name="assistant_agent", model_client=client, tools=[get_weather], memory=[memory]
        )

        result = await assistant.run(task="What is the weather in Oslo?")
        for message in result.messages:
            if isinstance(message, MemoryQueryEvent):
                print("remembered:", *(found.content for found in message.content))
        print(result.messages[-1].to_text())

        await memory.close()
        await client.close()


if __name__ == "__main__":
    asyncio.run(main())
