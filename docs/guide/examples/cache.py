"""Model client cache: who asks the same again gets the same answer, from the disk.

It needs diskcache: `pip install "agentchat-harness[openai,diskcache]"`.

Offline, in two terminals:

    harness serve --script docs/guide/examples/script.yaml --scenario cache

    export OPENAI_BASE_URL=http://127.0.0.1:8808/v1 OPENAI_API_KEY=none
    python docs/guide/examples/cache.py
"""

import asyncio
import tempfile

from diskcache import Cache

from agentchat.core.models import UserMessage
from agentchat.ext.cache_store.diskcache import DiskCacheStore
from agentchat.ext.models.cache import CHAT_CACHE_VALUE_TYPE, ChatCompletionCache
from agentchat.ext.models.openai import OpenAIChatCompletionClient


async def main() -> None:
    """Asks twice; the model hears it once."""
    with tempfile.TemporaryDirectory() as folder, Cache(folder) as disk:
        client = OpenAIChatCompletionClient(model="gpt-4o")
        store = DiskCacheStore[CHAT_CACHE_VALUE_TYPE](disk)
        cached_client = ChatCompletionCache(client, store)

        for _ in range(2):
            question = UserMessage(content="Hello, how are you?", source="user")
            answer = await cached_client.create([question])
            print(f"{answer.content} (cached: {answer.cached})")

        await client.close()


if __name__ == "__main__":
    asyncio.run(main())
