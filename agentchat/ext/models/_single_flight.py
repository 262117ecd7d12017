"""SingleFlights: equal calls that are made at the same time go out once."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Generic, TypeVar

T = TypeVar("T")


class SingleFlights(Generic[T]):
    """Shares the items of a stream between all who ask for the same at the same time.

    A stream runs in a task of its own, so that neither a slow reader nor one who leaves holds up
    the others; it is stopped when the last reader has left.
    """

    def __init__(self) -> None:
        self._flight_by_key: dict[str, _Flight[T]] = {}

    def is_under_way(self, key: str) -> bool:
        """Whether somebody has started a stream under this key, and it goes on."""
        flight = self._flight_by_key.get(key)
        return flight is not None and not flight.has_landed

    async def join(
        self, key: str, start: Callable[[], AsyncGenerator[T, None]]
    ) -> AsyncGenerator[T, None]:
        """The items of the stream under this key, from the first; started if nobody has yet.

        Raises:
            Exception: What the stream raises, for every one of its readers.
        """
        if not self.is_under_way(key):
            self._flight_by_key[key] = _Flight(start())
        flight = self._flight_by_key[key]
        try:
            async with aclosing(flight.read()) as items:
                async for item in items:
                    yield item
        finally:
            if flight.has_landed and self._flight_by_key.get(key) is flight:
                del self._flight_by_key[key]


class _Flight(Generic[T]):
    """One stream, its items so far, and those who read them."""

    def __init__(self, stream: AsyncGenerator[T, None]) -> None:
        self._items: list[T] = []
        self._error: BaseException | None = None
        self._news = asyncio.Event()
        self._readers = 0
        self._task = asyncio.create_task(self._fly(stream))
        self.has_landed = False

    async def read(self) -> AsyncGenerator[T, None]:
        self._readers += 1
        position = 0
        try:
            while True:
                while position < len(self._items):
                    position += 1
                    yield self._items[position - 1]
                if self.has_landed:
                    break
                await self._news.wait()
            if self._error is not None:
                raise self._error
        finally:
            self._readers -= 1
            if not self._readers:
                await self._stop()

    async def _fly(self, stream: AsyncGenerator[T, None]) -> None:
        try:
            async for item in stream:
                self._items.append(item)
                self._tell()
        except BaseException as error:
            self._error = error
        finally:
            await stream.aclose()
            self.has_landed = True
            self._tell()

    def _tell(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def _stop(self) -> None:
        self.has_landed = True
        self._task.cancel()
        await asyncio.wait([self._task])
