"""A model client for a deployment on Azure, with a key.

No model is asked, so no key is needed:

    python docs/guide/examples/azure_openai.py
"""

import asyncio

from agentchat.ext.models.openai import AzureOpenAIChatCompletionClient


async def main() -> None:
    """Makes the client and shows the configuration that would make it again."""
    client = AzureOpenAIChatCompletionClient(
        azure_deployment="gpt-4o",
        azure_endpoint="https://example.openai.azure.com/",
        model="gpt-4o",
        api_version="2024-09-01-preview",
        api_key="sk-xxx",
    )

    made = client.dump_component().config
    print(f"{made['model']} at {made['azure_endpoint']}, API of {made['api_version']}")

    await client.close()


if __name__ == "__main__":
    asyncio.run(main())
