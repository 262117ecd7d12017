"""Several streams as one, for turns in which several speak."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class _Item(NamedTuple, Generic[T]):
    value: T


class _End(NamedTuple):
    error: BaseException | None


async def merged(streams: Sequence[AsyncGenerator[T, None]]) -> AsyncGenerator[T, None]:
    """Yields the items of all streams as they come.

    The streams wait until their items are taken. The first failure ends all of them; so does
    closing this generator, which returns when the last has cleaned up.
    """
    queue: asyncio.Queue[_Item[T] | _End] = asyncio.Queue(maxsize=1)
    pumps = [asyncio.create_task(_pump(stream, queue)) for stream in streams]
    try:
        for _ in streams:
            while isinstance(entry := await queue.get(), _Item):
                yield entry.value
            if entry.error is not None:
                raise entry.error
    finally:
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)


async def _pump(stream: AsyncGenerator[T, None], queue: "asyncio.Queue[_Item[T] | _End]") -> None:
    end = _End(None)
    try:
        async with aclosing(stream):
            async for value in stream:
                await queue.put(_Item(value))
    except asyncio.CancelledError as error:
        if asyncio.current_task().cancelling():  # type: ignore[union-attr] # it runs in a task
            raise
        end = _End(error)
    except BaseException as error:
        end = _End(error)
    await queue.put(end)
