import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentchat.base import TerminatedException
from agentchat.core import CancellationToken
from agentchat.core._streams import side_by_side


class Streams:
    """Streams of numbered items, and how many of them are under way."""

    def __init__(self) -> None:
        self.under_way = 0
        self.most_under_way = 0

    async def of(self, name: int, items: int) -> AsyncGenerator[tuple[int, int], None]:
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            for item in range(items):
                await asyncio.sleep(0)
                yield name, item
        finally:
            await asyncio.sleep(0)
            self.under_way -= 1

    async def failing(self) -> AsyncGenerator[tuple[int, int], None]:
        yield 0, 0
        raise LookupError("lost")


@given(lengths=st.lists(st.integers(0, 4), max_size=5), limit=st.integers(1, 5))
async def test_nothing_is_lost_or_reordered_within_a_stream(lengths: list[int], limit: int) -> None:
    streams = Streams()
    given_streams = [streams.of(name, items) for name, items in enumerate(lengths)]

    items = [item async for item in side_by_side(given_streams, limit, CancellationToken())]

    assert sorted(items) == [(name, i) for name, n in enumerate(lengths) for i in range(n)]
    assert all(
        [item for item in items if item[0] == name] == [(name, i) for i in range(n)]
        for name, n in enumerate(lengths)
    )
    assert streams.most_under_way <= limit
    assert streams.under_way == 0


async def test_the_first_failure_ends_the_others() -> None:
    streams = Streams()
    given_streams = [streams.failing(), streams.of(1, 100)]

    with pytest.raises(LookupError, match="lost"):
        async for _ in side_by_side(given_streams, 2, CancellationToken()):
            pass

    assert streams.under_way == 0


async def test_what_is_no_exception_ends_the_others_too() -> None:
    async def terminated() -> AsyncGenerator[tuple[int, int], None]:
        raise TerminatedException
        yield 0, 0

    streams = Streams()

    with pytest.raises(TerminatedException, match="already been reached"):
        async for _ in side_by_side([terminated(), streams.of(1, 100)], 2, CancellationToken()):
            pass

    assert streams.under_way == 0


async def test_a_token_cancelled_between_two_items_leaves_nobody_waiting() -> None:
    streams, token = Streams(), CancellationToken()
    given_streams = [streams.of(name, name + 1) for name in range(3)]

    async with aclosing(side_by_side(given_streams, 3, token)) as items:
        async for _ in items:
            for _ in range(20):
                await asyncio.sleep(0)
            token.cancel()
            break

    assert streams.under_way == 0


async def test_a_stream_that_swallows_its_cancellation_is_closed() -> None:
    closed: list[int] = []

    async def stubborn() -> AsyncGenerator[int, None]:
        try:
            while True:
                with suppress(asyncio.CancelledError):
                    await asyncio.sleep(0)
                yield 0
        finally:
            closed.append(0)

    async with aclosing(side_by_side([stubborn(), stubborn()], 2, CancellationToken())) as items:
        async for _ in items:
            break

    assert closed == [0, 0]


async def test_closing_it_waits_for_every_clean_up() -> None:
    streams = Streams()
    given_streams = [streams.of(name, 3) for name in range(3)]

    async with aclosing(side_by_side(given_streams, 3, CancellationToken())) as items:
        async for _ in items:
            break

    assert streams.under_way == 0
