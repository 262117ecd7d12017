"""What model clients tell the ledgers that are open where they are asked."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import httpx2
import pytest

from agentchat.core.models import (
    ChatCompletionClient,
    CreateResult,
    LLMMessage,
    RequestUsage,
    UserMessage,
)
from agentchat.ext.models._errors import EmptyReply
from agentchat.ext.models.cache import ChatCompletionCache
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.usage import ModelUsage, TokenUsage, UsageLedger

MODEL = "gpt-4o-2024-08-06"
QUESTION: list[LLMMessage] = [UserMessage(content="Hi", source="user")]
USAGE = {
    "prompt_tokens": 10,
    "completion_tokens": 5,
    "prompt_tokens_details": {"cached_tokens": 4},
    "completion_tokens_details": {"reasoning_tokens": 3},
}


def openai_client(*replies: httpx2.Response) -> OpenAIChatCompletionClient:
    left = list(replies)
    transport = httpx2.MockTransport(lambda _: left.pop(0))
    return OpenAIChatCompletionClient(
        model=MODEL,
        api_key="sk-test",
        base_url="http://localhost/v1",
        http_client=httpx2.AsyncClient(transport=transport),
    )


def whole_reply(usage: object = USAGE, choices: Sequence[Any] | None = None) -> httpx2.Response:
    choice = {"finish_reason": "stop", "message": {"role": "assistant", "content": "Hello"}}
    body = {"model": MODEL, "choices": [choice] if choices is None else choices, "usage": usage}
    return httpx2.Response(200, json=body)


def streamed_reply() -> httpx2.Response:
    chunks = [
        {"model": MODEL, "choices": [{"delta": {"content": "Hello"}, "finish_reason": "stop"}]},
        {"model": MODEL, "choices": [], "usage": USAGE},
    ]
    lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks]
    content = "".join([*lines, "data: [DONE]\n\n"])
    return httpx2.Response(200, headers={"content-type": "text/event-stream"}, text=content)


def replayed(text: str, *, cached: bool = False) -> CreateResult:
    usage = RequestUsage(prompt_tokens=10, completion_tokens=5)
    return CreateResult(finish_reason="stop", content=text, usage=usage, cached=cached)


async def drained(client: ChatCompletionClient) -> list[str | CreateResult]:
    return [item async for item in client.create_stream(QUESTION)]


async def test_openai_tells_cached_and_reasoning_tokens() -> None:
    client = openai_client(whole_reply())

    with UsageLedger() as ledger:
        await client.create(QUESTION)

    assert ledger.calls == (ModelUsage(MODEL, "", 10, 5, 4, 3),)


async def test_openai_tells_them_of_a_stream_too() -> None:
    client = openai_client(streamed_reply())

    with UsageLedger() as ledger:
        await drained(client)

    assert ledger.calls == (ModelUsage(MODEL, "", 10, 5, 4, 3),)


@pytest.mark.parametrize("details", [{}, {"prompt_tokens_details": None}])
async def test_openai_servers_may_leave_out_the_details(details: dict[str, None]) -> None:
    client = openai_client(whole_reply({"prompt_tokens": 1, "completion_tokens": 2, **details}))

    with UsageLedger() as ledger:
        await client.create(QUESTION)

    assert ledger.calls == (ModelUsage(MODEL, "", 1, 2),)


async def test_a_reply_that_can_not_be_used_is_paid_for() -> None:
    client = openai_client(whole_reply(choices=[]))

    with UsageLedger() as ledger, pytest.raises(EmptyReply, match="holds no choice"):
        await client.create(QUESTION)

    assert ledger.total_usage() == TokenUsage(1, 10, 5, 4, 3)


async def test_a_replayed_text_stands_for_an_answer_of_a_model() -> None:
    client = ReplayChatCompletionClient(["Hello big world", replayed("kept", cached=True)])

    with UsageLedger() as ledger:
        await client.create(QUESTION)
        await drained(client)

    assert ledger.calls == (
        ModelUsage("replay", "", 1, 3),
        ModelUsage("replay", "", 10, 5, from_cache=True),
    )


async def test_an_answer_from_the_cache_is_told_of_as_such() -> None:
    cache = ChatCompletionCache(openai_client(whole_reply()))

    with UsageLedger() as ledger:
        await cache.create(QUESTION)
        await cache.create(QUESTION)
        await drained(cache)

    assert ledger.calls == (
        ModelUsage(MODEL, "", 10, 5, 4, 3),
        ModelUsage(MODEL, "", 10, 5, from_cache=True),
        ModelUsage(MODEL, "", 10, 5, from_cache=True),
    )


@pytest.mark.parametrize("ask", [lambda client: client.create(QUESTION), drained])
async def test_calls_that_share_an_answer_pay_for_it_once(ask: Any) -> None:
    cache = ChatCompletionCache(ReplayChatCompletionClient([replayed("shared")]))

    with UsageLedger() as ledger:
        await asyncio.gather(ask(cache), ask(cache), ask(cache))

    assert ledger.total_usage() == TokenUsage(3, 30, 15)
    assert ledger.actual_usage() == TokenUsage(1, 10, 5)


async def test_a_cached_client_without_a_name_goes_by_its_class() -> None:
    class Nameless(ReplayChatCompletionClient):
        model_name = property()

    cache = ChatCompletionCache(Nameless([]))

    assert cache.model_name == "Nameless"
