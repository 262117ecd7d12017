import asyncio
import copy
import json
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import diskcache
import httpx2
import pytest
from pydantic import BaseModel

from agentchat.core import CancellationToken
from agentchat.core._cache_store import InMemoryStore
from agentchat.core._world import SystemWorld, entered
from agentchat.core.models import CreateResult, LLMMessage, RequestUsage, UserMessage
from agentchat.core.tools import FunctionTool
from agentchat.ext.cache_store.diskcache import DiskCacheStore
from agentchat.ext.models._cache_key import identity_of
from agentchat.ext.models.cache import CacheStatistics, ChatCompletionCache, repetition
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.ext.models.retry import RetryingChatCompletionClient
from harness.clients import RecordingChatCompletionClient
from harness.event_log import EventLog
from harness.observed import Model, ObservedClient
from harness.scripted import ScriptedModel

QUESTION: list[LLMMessage] = [UserMessage(content="Hi", source="user")]
MODEL = Model("m", lambda *_: "live")
OTHER_QUESTION: list[LLMMessage] = [UserMessage(content="Bye", source="user")]


class SlowClient(ReplayChatCompletionClient):
    """Says that it was asked, then waits to be let go."""

    def __init__(self, chat_completions: Sequence[str | CreateResult]) -> None:
        super().__init__(chat_completions)
        self.set_cached_bool_value(False)
        self.calls = 0
        self.cancelled = 0
        self.go = asyncio.Event()

    async def create(self, *args: Any, **kwargs: Any) -> CreateResult:
        await self._wait()
        return await super().create(*args, **kwargs)

    async def create_stream(
        self, *args: Any, **kwargs: Any
    ) -> AsyncGenerator[str | CreateResult, None]:
        await self._wait()
        async for piece in super().create_stream(*args, **kwargs):
            yield piece

    async def _wait(self) -> None:
        self.calls += 1
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


class Answer(BaseModel):
    text: str


def look(thing: str) -> str:
    return thing


def peek(thing: str) -> str:
    return thing


TOOLS = [FunctionTool(look, description=""), FunctionTool(peek, description="")]


def cached(*replies: str | CreateResult) -> ChatCompletionCache:
    client = ReplayChatCompletionClient(replies)
    client.set_cached_bool_value(False)
    return ChatCompletionCache(client)


async def streamed(client: ChatCompletionCache, **call: Any) -> list[str | CreateResult]:
    return [piece async for piece in client.create_stream(QUESTION, **call)]


async def turns() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_asks_the_client_once() -> None:
    client = cached("one", "two")

    first = await client.create(QUESTION)
    again = await client.create(QUESTION)
    other = await client.create(OTHER_QUESTION)

    assert (first.content, first.cached) == ("one", False)
    assert again == first.model_copy(update={"cached": True})
    assert other.content == "two"
    assert client.actual_usage() == RequestUsage(prompt_tokens=1, completion_tokens=1)


@pytest.mark.parametrize(
    "call",
    [
        {"tools": TOOLS[:1]},
        {"tools": TOOLS},
        {"tools": TOOLS, "tool_choice": "required"},
        {"tools": TOOLS, "tool_choice": TOOLS[0]},
        {"tools": TOOLS, "tool_choice": TOOLS[1]},
        {"json_output": True},
        {"json_output": False},
        {"json_output": Answer},
        {"extra_create_args": {"temperature": 1}},
        {"extra_create_args": {"response_format": Answer}},
    ],
)
async def test_every_argument_makes_another_call(call: dict[str, Any]) -> None:
    client = cached("plain", "with tools", "other")
    await client.create(QUESTION)
    await client.create(QUESTION, tools=TOOLS, tool_choice="none")

    assert (await client.create(QUESTION, **call)).content == "other"
    assert (await client.create(QUESTION, **call)).content == "other"


async def test_the_order_of_extra_arguments_does_not_matter() -> None:
    client = cached("one", "two")
    await client.create(QUESTION, extra_create_args={"a": 1, "b": 2})

    again = await client.create(QUESTION, extra_create_args={"b": 2, "a": 1})

    assert again.content == "one"


@pytest.mark.parametrize(
    "settings", [{"model": "gpt-4o-mini"}, {"temperature": 0.5}, {"base_url": "http://else"}]
)
async def test_clients_that_share_a_store_do_not_share_answers(settings: dict[str, Any]) -> None:
    store = InMemoryStore[Any]()
    asked = 0

    def answer(request: httpx2.Request) -> httpx2.Response:
        nonlocal asked
        asked += 1
        message = {"role": "assistant", "content": str(asked)}
        choice = {"finish_reason": "stop", "message": message}
        return httpx2.Response(200, json={"choices": [choice]})

    def client_of(**arguments: Any) -> ChatCompletionCache:
        http_client = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
        arguments = {"model": "gpt-4o", "http_client": http_client, **arguments}
        return ChatCompletionCache(OpenAIChatCompletionClient(**arguments), store)

    first = await client_of(api_key="a").create(QUESTION)
    same = await client_of(api_key="another").create(QUESTION)
    other = await client_of(api_key="a", **settings).create(QUESTION)

    assert [first.content, same.content, other.content] == ["1", "1", "2"]


def openai(**settings: Any) -> OpenAIChatCompletionClient:
    """One that can't be written to a configuration."""
    http_client = httpx2.AsyncClient(transport=httpx2.MockTransport(lambda _: httpx2.Response(500)))
    return OpenAIChatCompletionClient(
        **{"model": "gpt-4o", "api_key": "a", "http_client": http_client, **settings}
    )


@pytest.mark.parametrize(
    "client_with",
    [
        lambda **settings: RecordingChatCompletionClient(openai(**settings)),
        lambda **settings: ObservedClient(openai(**settings), MODEL, EventLog()),
        lambda **settings: ChatCompletionCache(openai(**settings)),
        lambda **settings: ChatCompletionCache(ChatCompletionCache(openai(**settings))),
        lambda **settings: RetryingChatCompletionClient(openai(**settings)),
    ],
)
def test_a_client_around_another_is_told_apart_by_what_it_asks(client_with: Any) -> None:
    plain, warm = client_with(), client_with(temperature=0.5)

    assert identity_of(plain) == identity_of(client_with())
    assert identity_of(plain) != identity_of(warm)


def test_a_client_is_the_same_when_it_is_recorded_or_observed() -> None:
    client = openai()

    observed = ObservedClient(RecordingChatCompletionClient(client), MODEL, EventLog())

    assert identity_of(observed) == identity_of(client)


def test_a_client_without_a_configuration_is_told_apart_by_its_model() -> None:
    assert identity_of(ScriptedModel(model="a")) == identity_of(ScriptedModel(model="a"))
    assert identity_of(ScriptedModel(model="a")) != identity_of(ScriptedModel(model="b"))


async def test_what_is_done_to_an_answer_is_not_done_to_the_store() -> None:
    client = cached("one")

    for _ in range(3):
        result = await client.create(QUESTION)
        assert result.content == "one"
        result.content = "changed"
        result.usage.prompt_tokens = 99

    assert (await client.create(QUESTION)).usage.prompt_tokens == 1


async def test_a_stream_is_kept_with_its_pieces() -> None:
    client = cached("one two")

    first = await streamed(client)
    again = await streamed(client)
    whole = await client.create(QUESTION)

    assert first[:-1] == again[:-1] == ["one ", "two"]
    assert isinstance(again[-1], CreateResult)
    assert again[-1].cached is True
    assert whole == again[-1]


async def test_an_answer_that_was_not_streamed_streams_as_one_piece() -> None:
    client = cached("one two")
    whole = await client.create(QUESTION)

    assert await streamed(client) == ["one two", whole.model_copy(update={"cached": True})]


async def test_a_stream_that_was_left_before_its_end_is_not_kept() -> None:
    class Faltering(ReplayChatCompletionClient):
        async def create_stream(
            self, *args: Any, **kwargs: Any
        ) -> AsyncGenerator[str | CreateResult, None]:
            async for piece in super().create_stream(*args, **kwargs):
                yield piece
                await asyncio.Event().wait()

    client = ChatCompletionCache(Faltering(["one two", "three"]))
    stream = client.create_stream(QUESTION)
    await anext(stream)

    await stream.aclose()

    assert (await client.create(QUESTION)).content == "three"


@pytest.mark.parametrize("form", ["result", "list", "dict", "json of dict", "json of list"])
async def test_reads_what_was_stored_in_any_form(form: str) -> None:
    client = cached("one")
    result = await client.create(QUESTION)
    (key,) = client.store._values  # type: ignore[attr-defined]
    stored = {
        "result": result,
        "list": ["o", result.model_dump()],
        "dict": result.model_dump(),
        "json of dict": result.model_dump_json(),
        "json of list": f'["o", {result.model_dump_json()}]',
    }[form]

    client.store.set(key, stored)  # type: ignore[arg-type]

    assert await client.create(QUESTION) == result.model_copy(update={"cached": True})


@pytest.mark.parametrize("stored", [{"odd": 1}, "no json", "7", [], ["text"], 7])
async def test_what_makes_no_sense_counts_as_nothing(stored: Any) -> None:
    client = cached("one", "two")
    await client.create(QUESTION)
    (key,) = client.store._values  # type: ignore[attr-defined]

    client.store.set(key, stored)

    assert (await client.create(QUESTION)).content == "two"


async def test_keeps_answers_on_disk(tmp_path: Any) -> None:
    contents: list[Any] = []
    for _ in range(2):
        with diskcache.Cache(tmp_path) as directory:
            client = ReplayChatCompletionClient(["one two"])
            stored = ChatCompletionCache(client, DiskCacheStore(directory))
            contents.append((await stored.create(QUESTION)).content)
            contents.append([str(piece) for piece in (await streamed(stored))[:-1]])
            assert client.total_usage().completion_tokens == (2 if len(contents) == 2 else 0)

    assert contents == ["one two", ["one two"]] * 2


async def test_equal_calls_at_the_same_time_go_out_once() -> None:
    client = SlowClient(["one", "two"])
    cache = ChatCompletionCache(client)
    calls = [asyncio.ensure_future(cache.create(QUESTION)) for _ in range(3)]
    await turns()

    client.go.set()
    results = await asyncio.gather(*calls)

    assert client.calls == 1
    assert [(result.content, result.cached) for result in results] == [("one", False)] * 3
    assert results[0] is not results[1]


async def test_equal_streams_at_the_same_time_go_out_once() -> None:
    client = SlowClient(["one two"])
    cache = ChatCompletionCache(client)
    calls = [asyncio.ensure_future(streamed(cache)) for _ in range(3)]
    await turns()

    client.go.set()
    results = await asyncio.gather(*calls)

    assert client.calls == 1
    assert [pieces[:-1] for pieces in results] == [["one ", "two"]] * 3


async def test_a_failure_is_shared_and_not_kept() -> None:
    client = SlowClient([])
    cache = ChatCompletionCache(client)
    calls = [asyncio.ensure_future(cache.create(QUESTION)) for _ in range(2)]
    await turns()
    client.go.set()

    failures = await asyncio.gather(*calls, return_exceptions=True)
    client.chat_completions.append("now")

    assert [str(failure) for failure in failures] == ["No more mock responses available"] * 2
    assert (await cache.create(QUESTION)).content == "now"


async def test_who_is_cancelled_leaves_alone() -> None:
    client = SlowClient(["one"])
    cache = ChatCompletionCache(client)
    token = CancellationToken()
    leaving = asyncio.ensure_future(cache.create(QUESTION, cancellation_token=token))
    staying = asyncio.ensure_future(cache.create(QUESTION))
    await turns()

    token.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    client.go.set()

    assert (await staying).content == "one"
    assert (client.calls, client.cancelled) == (1, 0)


async def test_the_call_is_cancelled_when_all_have_left() -> None:
    client = SlowClient(["one"])
    cache = ChatCompletionCache(client)
    calls = [asyncio.ensure_future(cache.create(QUESTION)) for _ in range(2)]
    await turns()

    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)

    assert (client.calls, client.cancelled) == (1, 1)
    client.go.set()
    assert (await cache.create(QUESTION)).content == "one"


async def test_counting_and_abilities_are_the_clients() -> None:
    client = cached("one")

    assert client.count_tokens(QUESTION) == 1
    assert client.remaining_tokens(QUESTION) == 10_000
    assert client.model_info == client.client.model_info
    assert client.total_usage() == client.client.total_usage()
    with pytest.warns(DeprecationWarning, match="use model_info instead"):
        assert client.capabilities == client.model_info
    await client.close()


async def test_can_be_saved_and_loaded(tmp_path: Any) -> None:
    with diskcache.Cache(tmp_path) as directory:
        client = ChatCompletionCache(ReplayChatCompletionClient(["one"]), DiskCacheStore(directory))
        saved = client.dump_component()
    in_memory = ChatCompletionCache(ReplayChatCompletionClient(["one"])).dump_component()

    loaded = ChatCompletionCache.load_component(copy.deepcopy(saved))

    assert saved.config["store"]["config"] == {"directory": str(tmp_path)}
    assert "store" not in in_memory.config
    assert (await loaded.create(QUESTION)).content == "one"
    assert isinstance(loaded.store, DiskCacheStore)
    loaded.store.cache.close()


class LaterWorld(SystemWorld):
    """The machine's world, some seconds later."""

    later_seconds = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.later_seconds)


@pytest.mark.parametrize("in_memory", [True, False])
async def test_an_answer_that_is_too_old_is_asked_for_again(
    tmp_path: Path, in_memory: bool
) -> None:
    client = ReplayChatCompletionClient(["one", "two"])
    with diskcache.Cache(tmp_path) as directory, entered(world := LaterWorld()):
        store = InMemoryStore[Any]() if in_memory else DiskCacheStore[Any](directory)
        cache = ChatCompletionCache(client, store, seconds_to_live=60)

        contents = []
        for world.later_seconds in (0.0, 59.0, 61.0, 120.0):
            contents.append((await cache.create(QUESTION)).content)

    assert contents == ["one", "one", "two", "two"]
    assert cache.statistics == CacheStatistics(hits=2, misses=2, stored=2, expired=1)


async def test_an_answer_of_unknown_age_counts_as_too_old() -> None:
    client, store = ReplayChatCompletionClient(["old", "new"]), InMemoryStore[Any]()
    ageless = ChatCompletionCache(client, store)
    limited = ChatCompletionCache(client, store, seconds_to_live=60)
    await ageless.create(QUESTION)

    contents = [(await limited.create(QUESTION)).content for _ in range(2)]

    assert contents == ["new", "new"]
    assert (await ageless.create(QUESTION)).content == "new"
    assert limited.statistics == CacheStatistics(hits=1, misses=1, stored=1, expired=1)


async def test_counts_how_often_it_was_of_use() -> None:
    client = SlowClient(["one", "two"])
    cache = ChatCompletionCache(client)
    client.go.set()

    await asyncio.gather(*(cache.create(QUESTION) for _ in range(3)))
    await streamed(cache)
    await cache.create(OTHER_QUESTION)
    with pytest.raises(ValueError, match="No more mock responses"):
        await cache.create(OTHER_QUESTION, extra_create_args={"seed": 1})

    assert cache.statistics == CacheStatistics(hits=1, shared=2, misses=3, stored=2)


async def test_repetitions_get_answers_of_their_own_and_the_same_ones_again() -> None:
    cache = cached("one", "two", "three")

    async def trials() -> list[Any]:
        contents = []
        for number in (1, 2, 3):
            with repetition(number):
                contents.append((await cache.create(QUESTION)).content)
        return contents

    assert await trials() == await trials() == ["one", "two", "three"]
    assert (await cache.create(QUESTION)).content == "one"


async def test_repetitions_that_run_at_the_same_time_share_nothing() -> None:
    cache = cached("one", "two")

    async def trial(number: int) -> Any:
        with repetition(number):
            return (await cache.create(QUESTION)).content

    assert await asyncio.gather(trial(1), trial(2)) == ["one", "two"]


class SecretStore(DiskCacheStore[Any]):
    """Keeps values in a way of its own."""

    def get(self, key: str, default: Any = None) -> Any:
        kept = self.cache.get(key)
        return default if kept is None else json.loads(str(kept)[::-1])

    def set(self, key: str, value: Any) -> None:
        self.cache.set(key, value.model_dump_json()[::-1])


async def test_a_store_that_keeps_values_in_its_own_way_is_asked_for_values(
    tmp_path: Path,
) -> None:
    with diskcache.Cache(tmp_path) as directory:
        cache = ChatCompletionCache(ReplayChatCompletionClient(["one"]), SecretStore(directory))

        contents = [(await cache.create(QUESTION)).content for _ in range(2)]

    assert contents == ["one", "one"]
