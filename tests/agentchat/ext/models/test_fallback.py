"""FallbackChatCompletionClient, over clients that fail as they are told."""

import logging
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest

from agentchat.core.logging import EVENT_LOGGER_NAME
from agentchat.core.models import (
    ChatCompletionClient,
    CreateResult,
    LLMMessage,
    ModelInfo,
    RequestUsage,
    UserMessage,
)
from agentchat.ext.models._errors import TruncatedStream
from agentchat.ext.models._events import ModelCallEvent
from agentchat.ext.models.fallback import FallbackChatCompletionClient, is_the_models_own
from agentchat.ext.models.replay import ReplayChatCompletionClient
from harness.conformance import check_model_client

HELLO: list[LLMMessage] = [UserMessage(content="Hi", source="user")]


class Refused(Exception):
    """An error as the SDKs have it: with a status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status_code = status


class Failing(ReplayChatCompletionClient):
    """Always raises the same error, in a stream after some pieces."""

    def __init__(self, error: Exception, pieces: Sequence[str] = ()) -> None:
        super().__init__([])
        self.error = error
        self.pieces = pieces
        self.times_asked = 0

    async def create(self, messages: Sequence[LLMMessage], **_: Any) -> CreateResult:
        self.times_asked += 1
        raise self.error

    async def create_stream(
        self, messages: Sequence[LLMMessage], **_: Any
    ) -> AsyncGenerator[str | CreateResult, None]:
        for piece in self.pieces:
            yield piece
        raise self.error


def answering(*replies: str, **abilities: Any) -> ReplayChatCompletionClient:
    info = ModelInfo(
        vision=True,
        function_calling=True,
        json_output=True,
        family="gpt-4o",
        structured_output=True,
    )
    return ReplayChatCompletionClient(replies or ["Hello there"] * 9, info | abilities)


async def test_asks_the_next_client_when_one_can_not_answer() -> None:
    first = Failing(Refused(401))
    client = FallbackChatCompletionClient([first, answering("Hello", "Again")])

    results = [await client.create(HELLO) for _ in range(2)]

    assert [result.content for result in results] == ["Hello", "Again"]
    assert first.times_asked == 2


async def test_streams_from_the_next_client_when_one_can_not_answer() -> None:
    client = FallbackChatCompletionClient([Failing(Refused(500)), answering()])

    *pieces, result = [piece async for piece in client.create_stream(HELLO)]

    assert "".join(map(str, pieces)) == "Hello there"
    assert isinstance(result, CreateResult)


async def test_does_not_mix_the_answers_of_two_models() -> None:
    broken = Failing(TruncatedStream("first", "Hel", 0), pieces=["Hel"])
    client = FallbackChatCompletionClient([broken, answering()])
    stream = client.create_stream(HELLO)

    first = await anext(stream)
    with pytest.raises(TruncatedStream, match="first"):
        await anext(stream)

    assert first == "Hel"


@pytest.mark.parametrize("is_streamed", [False, True])
async def test_the_last_error_tells_of_those_before_it(is_streamed: bool) -> None:
    client = FallbackChatCompletionClient([Failing(Refused(401)), Failing(Refused(500))])
    call = anext(client.create_stream(HELLO)) if is_streamed else client.create(HELLO)

    with pytest.raises(Refused, match="status 500") as caught:
        await call

    assert caught.value.__notes__ == ["Before that, replay: Refused: status 401"]


async def test_a_call_that_is_wrong_in_itself_falls_through_to_nobody() -> None:
    client = FallbackChatCompletionClient([Failing(ValueError("wrong")), answering()])

    with pytest.raises(ValueError, match="wrong"):
        await client.create(HELLO)


async def test_which_errors_fall_through_is_the_callers_choice() -> None:
    everything = FallbackChatCompletionClient(
        [Failing(ValueError("wrong")), answering("Hello")], falls_through=lambda _: True
    )
    nothing = FallbackChatCompletionClient(
        [Failing(Refused(500)), answering()], falls_through=lambda _: False
    )

    result = await everything.create(HELLO)
    with pytest.raises(Refused, match="status 500"):
        await nothing.create(HELLO)

    assert result.content == "Hello"


@pytest.mark.parametrize(
    ("error", "is_own"),
    [
        (Refused(404), True),
        (ConnectionError(), True),
        (TruncatedStream("model", "", 0), True),
        (TypeError("wrong"), False),
    ],
)
def test_knows_where_another_model_may_do_better(error: Exception, is_own: bool) -> None:
    assert is_the_models_own(error) is is_own


def test_can_do_what_all_its_models_can() -> None:
    client = FallbackChatCompletionClient(
        [answering(), answering(vision=False), answering(family="o3")]
    )

    info = client.model_info

    assert info == {
        "vision": False,
        "function_calling": True,
        "json_output": True,
        "family": "unknown",
        "structured_output": True,
        "multiple_system_messages": False,
    }


async def test_counts_what_all_its_models_have_spent() -> None:
    client = FallbackChatCompletionClient([answering("Hello"), answering("Hello there")])
    await client.create(HELLO)
    await client.clients[1].create(HELLO)

    assert client.total_usage() == RequestUsage(prompt_tokens=2, completion_tokens=3)
    assert client.remaining_tokens(HELLO) == 10_000 - 3
    assert client.count_tokens(HELLO) == 1


async def test_reports_every_fall(caplog: pytest.LogCaptureFixture) -> None:
    client = FallbackChatCompletionClient([Failing(Refused(401)), answering()])

    with caplog.at_level(logging.INFO, EVENT_LOGGER_NAME):
        await client.create(HELLO)

    events = [record.msg for record in caplog.records if isinstance(record.msg, ModelCallEvent)]
    assert [event.kwargs for event in events] == [
        {"type": "LLMFallback", "model": "replay", "error": "replay: Refused: status 401"}
    ]


async def test_keeps_the_promises_of_a_model_client() -> None:
    await check_model_client(
        lambda: FallbackChatCompletionClient([Failing(Refused(500)), answering()])
    )


def test_is_written_to_a_configuration_and_made_again() -> None:
    client = FallbackChatCompletionClient([answering("one"), answering("two")])

    loaded = ChatCompletionClient.load_component(client.dump_component())

    assert isinstance(loaded, FallbackChatCompletionClient)
    assert loaded.cache_identity() == client.cache_identity()


def test_needs_a_client() -> None:
    with pytest.raises(ValueError, match="at least one client"):
        FallbackChatCompletionClient([])
