"""Every model client that we have keeps its promises."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import diskcache
import pytest

from agentchat.core import InMemoryStore
from agentchat.core.models import ChatCompletionClient
from agentchat.ext.cache_store.diskcache import DiskCacheStore
from agentchat.ext.models.cache import ChatCompletionCache
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from agentchat.ext.models.replay import ReplayChatCompletionClient
from harness.clients import (
    FunctionModel,
    RecordingChatCompletionClient,
    ReplayingChatCompletionClient,
)
from harness.conformance import check_model_client
from harness.conformance._model_client import QUESTION
from harness.event_log import EventLog
from harness.observed import Model, ObservedClient
from harness.script import Reply, Script
from harness.scripted import ScriptedModel
from harness.server import serving
from harness.session import CassetteSession, RecordMode

ANSWER = "The capital of France is Paris."

Make = Callable[[], ChatCompletionClient]


def replaying() -> ChatCompletionClient:
    client = ReplayChatCompletionClient([ANSWER] * 3)
    client.set_cached_bool_value(False)
    return client


def scripted() -> ChatCompletionClient:
    return ScriptedModel(*[ANSWER] * 3)


def observed() -> ChatCompletionClient:
    return ObservedClient(scripted(), Model("small", lambda result, served: "scripted"), EventLog())


def computed() -> ChatCompletionClient:
    return FunctionModel(lambda *_: ANSWER)


def cached_in_memory() -> ChatCompletionClient:
    return ChatCompletionCache(scripted(), InMemoryStore())


@pytest.fixture
def open_resources() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.mark.parametrize("make", [replaying, scripted, observed, computed, cached_in_memory])
async def test_keeps_its_promises(make: Make) -> None:
    await check_model_client(make)


async def test_a_cache_on_disk_keeps_its_promises(
    tmp_path: Path, open_resources: ExitStack
) -> None:
    folders = map(str, range(100))

    def make() -> ChatCompletionClient:
        cache = open_resources.enter_context(diskcache.Cache(tmp_path / next(folders)))
        return ChatCompletionCache(scripted(), DiskCacheStore(cache))

    await check_model_client(make)


async def test_a_cache_that_knows_the_answers_keeps_its_promises() -> None:
    store = InMemoryStore()

    await check_model_client(lambda: ChatCompletionCache(scripted(), store))
    await check_model_client(lambda: ChatCompletionCache(scripted(), store))


async def test_a_client_over_http_keeps_its_promises() -> None:
    with serving(Script(replies=(Reply(say=ANSWER),) * 20)) as url:
        await check_model_client(
            lambda: OpenAIChatCompletionClient(
                model="gpt-4o-2024-08-06", api_key="none", base_url=url
            )
        )


async def test_a_recording_client_keeps_its_promises(tmp_path: Path) -> None:
    with CassetteSession(tmp_path / "calls.yaml", mode=RecordMode.REWRITE) as session:
        await check_model_client(lambda: RecordingChatCompletionClient(computed(), session))


async def test_clients_that_replay_keep_their_promises(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    with CassetteSession(file, mode=RecordMode.REWRITE) as session:
        client = RecordingChatCompletionClient(computed(), session)
        for _ in range(2):
            await client.create(QUESTION)
            async for _ in client.create_stream(QUESTION):
                pass

    await check_model_client(lambda: ReplayingChatCompletionClient(file))
    await check_model_client(lambda: RecordingChatCompletionClient(computed(), file))
