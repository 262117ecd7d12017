"""RetryingChatCompletionClient, over a client that fails as it is told."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentchat.core import CancellationToken
from agentchat.core._world import entered, now
from agentchat.core.logging import EVENT_LOGGER_NAME
from agentchat.core.models import ChatCompletionClient, CreateResult, LLMMessage, UserMessage
from agentchat.ext.models._errors import ErrorInReply, TruncatedStream, UnfitOutput
from agentchat.ext.models._events import ModelCallEvent
from agentchat.ext.models._transience import seconds_to_wait
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.ext.models.retry import RetryingChatCompletionClient, RetryPolicy, is_transient
from harness.conformance import check_model_client
from harness.simulation.world import SeededWorld

HELLO: list[LLMMessage] = [UserMessage(content="Hi", source="user")]


class Refused(Exception):
    """An error as the SDKs have it: with a status, an answer, and what the answer said."""

    def __init__(self, status: int, body: object = None, **headers: str) -> None:
        super().__init__(f"status {status}")
        self.status_code = status
        self.body = body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.response = httpx2.Response(status, headers=named)


class Waits(SeededWorld):
    """A world that keeps how long it was waited."""

    def __init__(self) -> None:
        super().__init__(1)
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        await super().sleep(seconds)


class Failing(ReplayChatCompletionClient):
    """Raises the given errors before it answers; a number is after how many pieces."""

    def __init__(self, errors: Sequence[Exception], after_pieces: int = 0) -> None:
        super().__init__(["one two three"] * 10)
        self.errors = list(errors)
        self.after_pieces = after_pieces

    async def create(self, messages: Sequence[LLMMessage], **options: Any) -> CreateResult:
        if self.errors:
            raise self.errors.pop(0)
        return await super().create(messages, **options)

    async def create_stream(
        self, messages: Sequence[LLMMessage], **options: Any
    ) -> AsyncGenerator[str | CreateResult, None]:
        pieces = 0
        async for piece in super().create_stream(messages, **options):
            if self.errors and pieces == self.after_pieces:
                raise self.errors.pop(0)
            yield piece
            pieces += 1


async def test_asks_again_and_waits_longer_each_time() -> None:
    client = RetryingChatCompletionClient(Failing([Refused(429), Refused(503), Refused(529)]))

    with entered(Waits()) as world:
        result = await client.create(HELLO)

    assert result.content == "one two three"
    assert isinstance(world, Waits)
    limits = zip(world.waits, (1.0, 2.0, 4.0), strict=True)
    assert all(longest / 2 <= wait <= longest for wait, longest in limits)


async def test_waits_the_same_in_the_same_world() -> None:
    worlds = [Waits(), Waits()]

    for world in worlds:
        with entered(world):
            failing = Failing([Refused(500)] * 3)
            await RetryingChatCompletionClient(failing).create(HELLO)

    assert worlds[0].waits == worlds[1].waits


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "0.25"}, 0.25),
        ({"retry_after": "-3"}, 0.0),
        ({"retry_after_ms": "1500", "retry_after": "9"}, 1.5),
        ({"retry_after_ms": "soon", "retry_after": "9"}, 9.0),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "inf"}, None),
        ({}, None),
    ],
)
def test_reads_when_the_server_wants_to_be_asked(
    headers: dict[str, str], seconds: float | None
) -> None:
    wait = seconds_to_wait(Refused(429, **headers))

    assert wait == seconds


@pytest.mark.parametrize(("offset", "seconds"), [(90, 90.0), (-90, 0.0)])
def test_reads_a_date_on_the_worlds_clock(offset: int, seconds: float) -> None:
    with entered(SeededWorld(1)):
        date = format_datetime(now().replace(microsecond=0) + timedelta(seconds=offset))
        wait = seconds_to_wait(Refused(429, retry_after=date))

    assert wait == pytest.approx(seconds, abs=1)


@given(header=st.text())
def test_no_header_is_a_surprise(header: str) -> None:
    error = Refused(429)
    error.response = httpx2.Response(429)
    error.response.headers = {"Retry-After": header, "retry-after-ms": header}  # type: ignore[assignment]

    wait = seconds_to_wait(error)

    assert wait is None or wait >= 0


async def test_comes_back_no_earlier_than_the_server_wants() -> None:
    client = RetryingChatCompletionClient(Failing([Refused(429, retry_after="7")]))

    with entered(Waits()) as world:
        await client.create(HELLO)

    assert isinstance(world, Waits)
    assert 7 <= world.waits[0] <= 8


async def test_gives_up_after_the_last_attempt_with_the_error_as_it_was() -> None:
    errors = [Refused(500), Refused(502), Refused(503)]
    client = RetryingChatCompletionClient(Failing(errors), RetryPolicy(max_attempts=3))

    with entered(Waits()), pytest.raises(Refused, match="status 503") as caught:
        await client.create(HELLO)

    assert caught.value is errors[-1]
    assert "Asked 'replay' 3 times" in caught.value.__notes__[0]


async def test_does_not_begin_a_wait_that_ends_too_late() -> None:
    failing = Failing([Refused(429, retry_after="301")] * 2)

    with entered(Waits()) as world, pytest.raises(Refused, match="status 429"):
        await RetryingChatCompletionClient(failing).create(HELLO)

    assert isinstance(world, Waits)
    assert (world.waits, len(failing.errors)) == ([], 1)


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "is_worth_it"),
    [
        (Refused(408), True),
        (Refused(400), False),
        (Refused(401), False),
        (Refused(429, {"error": {"code": "insufficient_quota"}}), False),
        (Refused(429, x_should_retry="false"), False),
        (Refused(400, x_should_retry="true"), True),
        (Refused(200, {"type": "error", "error": {"type": "overloaded_error"}}), True),
        (httpx2.ConnectError("no route"), True),
        (caused(RuntimeError("SDK"), httpx2.ReadTimeout("slow")), True),
        (TimeoutError(), True),
        (TruncatedStream("model", "Hel", 0), True),
        (ErrorInReply("model", "overloaded", None, {}), True),
        (ErrorInReply("model", "slow down", 429, {}), True),
        (ErrorInReply("model", "no such model", 404, {}), False),
        (ErrorInReply("model", "pay", 429, {"error": {"code": "insufficient_quota"}}), False),
        (UnfitOutput("model", "Weather", "stop", "warm"), False),
        (ValueError("wrong"), False),
    ],
)
def test_knows_what_may_be_gone_the_next_time(error: Exception, is_worth_it: bool) -> None:
    assert is_transient(error) is is_worth_it


async def test_what_is_worth_another_attempt_is_the_callers_choice() -> None:
    failing = Failing([ValueError("wrong")])
    client = RetryingChatCompletionClient(
        failing, retry_on=lambda error: isinstance(error, ValueError)
    )

    with entered(Waits()):
        result = await client.create(HELLO)

    assert result.content == "one two three"


async def test_a_stream_that_fails_before_its_first_piece_begins_again() -> None:
    client = RetryingChatCompletionClient(Failing([Refused(500)]))

    with entered(Waits()):
        *pieces, result = [piece async for piece in client.create_stream(HELLO)]

    assert "".join(map(str, pieces)) == "one two three"
    assert isinstance(result, CreateResult)


async def test_a_stream_that_fails_after_a_piece_is_not_begun_again() -> None:
    client = RetryingChatCompletionClient(Failing([Refused(500)], after_pieces=1))
    stream = client.create_stream(HELLO)

    first = await anext(stream)
    with pytest.raises(Refused, match="status 500"):
        await anext(stream)

    assert first == "one "


async def test_a_stream_is_begun_again_if_that_is_asked_for() -> None:
    policy = RetryPolicy(restart_streams=True)
    client = RetryingChatCompletionClient(Failing([Refused(500)], after_pieces=1), policy)

    with entered(Waits()):
        *pieces, _ = [piece async for piece in client.create_stream(HELLO)]

    assert pieces == ["one ", "one ", "two ", "three"]


async def test_a_cancelled_token_ends_the_wait() -> None:
    client = RetryingChatCompletionClient(Failing([Refused(429, retry_after="200")]))
    token = CancellationToken()
    call = asyncio.create_task(client.create(HELLO, cancellation_token=token))
    await asyncio.sleep(0)

    token.cancel()

    with pytest.raises(asyncio.CancelledError):
        await call


async def test_reports_every_wait(caplog: pytest.LogCaptureFixture) -> None:
    client = RetryingChatCompletionClient(Failing([Refused(429, retry_after="7")]))

    with caplog.at_level(logging.INFO, EVENT_LOGGER_NAME), entered(Waits()) as world:
        await client.create(HELLO)

    (event,) = [record.msg for record in caplog.records if isinstance(record.msg, ModelCallEvent)]
    assert isinstance(world, Waits)
    assert event.kwargs == {
        "type": "LLMRetry",
        "model": "replay",
        "failed_attempts": 1,
        "wait_seconds": world.waits[0],
        "error": "Refused: status 429",
    }


async def test_keeps_the_promises_of_a_model_client() -> None:
    await check_model_client(
        lambda: RetryingChatCompletionClient(ReplayChatCompletionClient(["one two three"] * 9))
    )


def test_is_written_to_a_configuration_and_made_again() -> None:
    client = RetryingChatCompletionClient(
        ReplayChatCompletionClient(["one"]), RetryPolicy(max_attempts=7)
    )

    loaded = ChatCompletionClient.load_component(client.dump_component())

    assert isinstance(loaded, RetryingChatCompletionClient)
    assert loaded.policy == client.policy
    assert loaded.cache_identity() == client.cache_identity()


def test_there_is_at_least_one_attempt() -> None:
    with pytest.raises(ValueError, match="max_attempts must be at least 1"):
        RetryPolicy(max_attempts=0)
