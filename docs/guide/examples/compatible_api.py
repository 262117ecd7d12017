"""A model that is not OpenAI's, behind an API like OpenAI's.

Nothing is known of such a model by its name, so the client is told what it can do.

Offline, in two terminals:

    harness serve --script docs/guide/examples/script.yaml --scenario compatible_api

    export OPENAI_BASE_URL=http://127.0.0.1:8808/v1 OPENAI_API_KEY=none
    python docs/guide/examples/compatible_api.py
"""

import asyncio
import os

from agentchat.core.models import UserMessage
from agentchat.ext.models.openai import OpenAIChatCompletionClient


async def main() -> None:
    """Says where the model is and what it can do, and asks it something."""
    client = OpenAIChatCompletionClient(
        model="custom-model-name",
        base_url=os.environ["OPENAI_BASE_URL"],
        api_key="placeholder",
        model_info={
            "vision": True,
            "function_calling": True,
            "json_output": True,
            "family": "unknown",
            "structured_output": True,
        },
    )

    question = UserMessage(content="What is the capital of Peru?", source="user")
    answer = await client.create([question])
    print(answer.content)

    await client.close()


if __name__ == "__main__":
    asyncio.run(main())
