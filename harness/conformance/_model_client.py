"""What every model client promises."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from copy import deepcopy
from typing import get_args

from agentchat.core import CancellationToken
from agentchat.core.models import (
    ChatCompletionClient,
    CreateResult,
    FinishReasons,
    LLMMessage,
    RequestUsage,
    SystemMessage,
    UserMessage,
    validate_model_info,
)
from harness.conformance._promises import Make, made, orderly, promise, raised_by

QUESTION: list[LLMMessage] = [
    SystemMessage(content="You answer in one short sentence."),
    UserMessage(content="What is the capital of France?", source="user"),
]


async def check_model_client(make: Make[ChatCompletionClient]) -> None:
    """Checks what every model client promises, by asking a few short questions.

    Args:
        make: Makes clients that answer at least two questions each, in text of several words.

    Raises:
        AssertionError: A promise was broken; the message is that promise.
    """
    for check in _CHECKS:
        async with orderly("A model client"):
            client = await made(make)
            try:
                await check(client)
            finally:
                await client.close()


async def _says_what_it_can_do(client: ChatCompletionClient) -> None:
    validate_model_info(client.model_info)
    short, long = QUESTION[:1], [*QUESTION, *QUESTION]
    counts = [client.count_tokens(messages) for messages in (short, QUESTION, long)]
    promise("More messages never count fewer tokens", sorted(counts) == counts, counts)
    rests = [client.remaining_tokens(messages) for messages in (short, QUESTION, long)]
    promise("More messages never leave more tokens", sorted(rests)[::-1] == rests, rests)


async def _answers(client: ChatCompletionClient) -> None:
    asked = deepcopy(QUESTION)
    spent = _numbers(client.total_usage())
    result = await client.create(asked)
    promise("create returns a CreateResult", isinstance(result, CreateResult), result)
    _check_result(result)
    promise("The messages of a request are not changed", asked == QUESTION, asked)
    _check_spending(client, spent, result)


async def _streams(client: ChatCompletionClient) -> None:
    asked = deepcopy(QUESTION)
    spent = _numbers(client.total_usage())
    items = await _all(client.create_stream(asked))
    pieces, last = items[:-1], items[-1] if items else None
    promise(
        "A stream is pieces of text, and at the end, once, the CreateResult",
        isinstance(last, CreateResult) and all(isinstance(piece, str) for piece in pieces),
        items,
    )
    assert isinstance(last, CreateResult)
    _check_result(last)
    promise(
        "The pieces of a stream add up to the text of its result, if there is no thought",
        last.thought is not None or "".join(map(str, pieces)) == last.content,
        items,
    )
    promise("The messages of a request are not changed", asked == QUESTION, asked)
    _check_spending(client, spent, last)


async def _answers_several_at_a_time(client: ChatCompletionClient) -> None:
    for result in await asyncio.gather(client.create(QUESTION), client.create(QUESTION)):
        _check_result(result)


async def _obeys_a_token_that_is_cancelled(client: ChatCompletionClient) -> None:
    token = CancellationToken()
    token.cancel()
    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "create": lambda: client.create(QUESTION, cancellation_token=token),
        "create_stream": lambda: _all(client.create_stream(QUESTION, cancellation_token=token)),
    }
    for name, call in calls.items():
        error = await raised_by(call())
        promise(
            f"{name} ends with CancelledError when its token has been cancelled",
            isinstance(error, asyncio.CancelledError),
            error or "an answer",
        )


async def _obeys_a_token_in_the_middle_of_a_stream(client: ChatCompletionClient) -> None:
    token = CancellationToken()
    async with aclosing(client.create_stream(QUESTION, cancellation_token=token)) as stream:
        await anext(stream)
        token.cancel()
        error = await raised_by(_all(stream))
    promise(
        "A stream ends with CancelledError when its token is cancelled between two pieces",
        isinstance(error, asyncio.CancelledError),
        error or "the rest of the stream",
    )
    _check_result(await client.create(QUESTION))


async def _lets_go_of_a_stream_that_is_closed(client: ChatCompletionClient) -> None:
    async with orderly("A stream that is closed early"):
        stream = client.create_stream(QUESTION)
        await anext(stream)
        await stream.aclose()
    _check_result(await client.create(QUESTION))


_CHECKS: tuple[Callable[[ChatCompletionClient], Awaitable[None]], ...] = (
    _says_what_it_can_do,
    _answers,
    _streams,
    _answers_several_at_a_time,
    _obeys_a_token_that_is_cancelled,
    _obeys_a_token_in_the_middle_of_a_stream,
    _lets_go_of_a_stream_that_is_closed,
)


def _check_result(result: CreateResult) -> None:
    promise(
        "A finish reason is one of FinishReasons",
        result.finish_reason in get_args(FinishReasons),
        result.finish_reason,
    )
    promise(
        "An answer without calls is a text, and one with calls is not empty",
        bool(result.content) or isinstance(result.content, str),
        result.content,
    )
    promise("Usage is never negative", min(_numbers(result.usage)) >= 0, result.usage)


def _check_spending(
    client: ChatCompletionClient, before: tuple[int, int], result: CreateResult
) -> None:
    after = _numbers(client.total_usage())
    spent = (after[0] - before[0], after[1] - before[1])
    promise("total_usage never shrinks", min(spent) >= 0, spent)
    promise(
        "An answer that is not cached adds its usage to total_usage, once",
        result.cached or spent == _numbers(result.usage),
        (spent, result.usage),
    )


def _numbers(usage: RequestUsage) -> tuple[int, int]:
    return usage.prompt_tokens, usage.completion_tokens


async def _all(stream: AsyncGenerator[str | CreateResult, None]) -> list[str | CreateResult]:
    return [item async for item in stream]
