"""Model client cache: who asks the same again gets the same answer, from the disk."""

from collections.abc import AsyncGenerator

from diskcache import Cache

from agentchat.core.models import UserMessage
from agentchat.ext.cache_store.diskcache import DiskCacheStore
from agentchat.ext.models.cache import CHAT_CACHE_VALUE_TYPE, ChatCompletionCache
from agentchat.messages import TextMessage
from harness import Run, asked_model, last_message, scenario, speakers, within

GREETING = "I am well, thank you. How can I help you?"


@scenario(
    task="Hello, how are you?",
    expect=[
        speakers("user", "model", "user", "cache"),
        last_message(GREETING, by="cache"),
        asked_model(times=1),
        within(tokens=100, usd=0.01),
    ],
    tags=["model-client", "cache"],
)
async def asked_twice_answered_once(run: Run) -> AsyncGenerator[TextMessage, None]:
    """Model client cache: the second answer comes from the disk.

    The same question is asked twice; the model hears it once. Each answer is shown as said by the
    one it came from.
    """
    with Cache(str(run.workdir / "cache")) as disk:
        store = DiskCacheStore[CHAT_CACHE_VALUE_TYPE](disk)
        client = ChatCompletionCache(run.model("gpt-4o"), store)

        for _ in range(2):
            yield TextMessage(content=run.task, source="user")
            answer = await client.create([UserMessage(content=run.task, source="user")])
            yield TextMessage(
                content=str(answer.content),
                source="cache" if answer.cached else "model",
                models_usage=answer.usage,
            )
