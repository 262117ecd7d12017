"""The time that a notebook cell may take, which begins when its kernel does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

_START_SECONDS: Final = 60


@asynccontextmanager
async def cell_time(seconds: float) -> AsyncIterator[Callable[[], None]]:
    """Limits what runs in the block; its value is to be called when the kernel begins the cell.

    A kernel that is slow to begin, as it is at first and on a busy machine, takes nothing from the
    cell's time. One that does not begin at all is given a minute.

    Raises:
        TimeoutError: The time is up.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(_START_SECONDS) as limit:

        def begun() -> None:
            if not limit.expired():
                limit.reschedule(loop.time() + seconds)

        yield begun
