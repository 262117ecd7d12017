"""Time limits for a server that leave out the time in which the server itself waits for us."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager


class ServerClock:
    """Counts how long a server takes, and stands still while the server waits for an answer.

    A tool may ask a person, or a model, through its client. The minutes that takes are not the
    server's.
    """

    def __init__(self) -> None:
        self._left_by_limit: dict[asyncio.Timeout, float] = {}
        """Seconds that a limit had left when the clock was stopped last."""

        self._stops = 0

    @asynccontextmanager
    async def limit(self, seconds: float) -> AsyncIterator[None]:
        """A block that may take that long.

        Raises:
            TimeoutError: It took longer.
        """
        async with asyncio.timeout(None if self._stops else seconds) as limit:
            self._left_by_limit[limit] = seconds
            try:
                yield
            finally:
                del self._left_by_limit[limit]

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """A block that is not counted."""
        now = asyncio.get_running_loop().time
        self._stops += 1
        if self._stops == 1:
            for limit in self._running():
                self._left_by_limit[limit] = (limit.when() or 0.0) - now()
                limit.reschedule(None)
        try:
            yield
        finally:
            self._stops -= 1
            if self._stops == 0:
                for limit in self._running():
                    limit.reschedule(now() + self._left_by_limit[limit])

    def _running(self) -> list[asyncio.Timeout]:
        return [limit for limit in self._left_by_limit if not limit.expired()]
