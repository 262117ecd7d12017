"""Streams: seeing to each step of one, and several as one."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractContextManager, aclosing
from typing import Generic, NamedTuple, TypeVar

from agentchat.core._cancellation import CancellationToken
from agentchat.core._strands import Moment, Strand, happened, out_of, strand, this_moment

T = TypeVar("T")


class _Item(NamedTuple, Generic[T]):
    value: T
    made: Moment


class _End(NamedTuple):
    error: BaseException | None


_Queue = asyncio.Queue[_Item[T] | _End]
_Waiting = deque[tuple[Strand, AsyncGenerator[T, None]]]


async def stepped(
    stream: AsyncGenerator[T, None], block: AbstractContextManager[None]
) -> AsyncGenerator[T, None]:
    """The stream, each step of it taken inside the block, which its consumer never stands in.

    Args:
        stream: Where the items come from.
        block: Is entered anew for each step.
    """
    try:
        while True:
            with block:
                item = await anext(stream)
            yield item
    except StopAsyncIteration:
        return
    finally:
        await stream.aclose()


def side_by_side(
    streams: Sequence[AsyncGenerator[T, None]], limit: int, token: CancellationToken
) -> AsyncGenerator[T, None]:
    """Yields the items of all streams as they come; the streams begin in the order given.

    A stream waits until its item is taken. The first failure, the token, and closing this
    generator end all of them; it returns when the last has cleaned up.

    Args:
        streams: Where the items come from.
        limit: How many streams may be under way at a time, from 1.
        token: Stops what the streams await, and who waits for them.
    """
    if len(streams) == 1:
        return streams[0]
    workers = min(limit, len(streams))
    return _together(streams, workers, token) if workers > 1 else _in_turn(streams)


async def _in_turn(streams: Sequence[AsyncGenerator[T, None]]) -> AsyncGenerator[T, None]:
    for stream in streams:
        async with aclosing(stream):
            async for item in stream:
                yield item


async def _together(
    streams: Sequence[AsyncGenerator[T, None]], workers: int, token: CancellationToken
) -> AsyncGenerator[T, None]:
    waiting = deque(zip(strand.get().beside(len(streams)), streams, strict=True))
    queue: _Queue[T] = asyncio.Queue(maxsize=1)
    interruption = token.interrupting()
    tasks = [asyncio.create_task(_work(waiting, queue, token)) for _ in range(workers)]
    try:
        for _ in tasks:
            while isinstance(entry := await _taken(queue, interruption), _Item):
                with out_of(entry.made):
                    yield entry.value
            if entry.error is not None:
                raise entry.error
    finally:
        for task in tasks:
            # The token may have reached it already; twice would disturb its clean-up.
            if not task.cancelling():
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _taken(queue: _Queue[T], interruption: AbstractContextManager[None]) -> _Item[T] | _End:
    with interruption:
        return await queue.get()


async def _work(waiting: _Waiting[T], queue: _Queue[T], token: CancellationToken) -> None:
    task = asyncio.current_task()
    assert task is not None  # It was made to run this.
    end = _End(None)
    try:
        with token.interrupting():
            await _feed(waiting, queue, task)
    except asyncio.CancelledError as error:
        if token.is_cancelled() or task.cancelling():
            raise
        end = _End(error)
    except BaseException as error:  # Raised again where the items are consumed.
        end = _End(error)
    await queue.put(end)


async def _feed(waiting: _Waiting[T], queue: _Queue[T], task: asyncio.Task[None]) -> None:
    while waiting:
        own, stream = waiting.popleft()
        strand.set(own)
        happened.set(None)
        async with aclosing(stream):
            async for item in stream:
                if task.cancelling():
                    raise asyncio.CancelledError  # The stream has swallowed the first one.
                await queue.put(_Item(item, this_moment()))
