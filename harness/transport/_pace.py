"""The time that a recorded answer takes, on the world's clock."""

import asyncio

from agentchat.core._world import monotonic, sleep, wait

# Time for the caller's own timer, where the recorded caller stopped because of one.
_GRACE_SECONDS = 1.0


class Pace:
    """The moments of an exchange that is played, counted from the request, which is made now.

    Args:
        is_kept: Whether an answer takes its recorded time; else nobody waits for it.
    """

    def __init__(self, is_kept: bool) -> None:
        self._is_kept, self._started = is_kept, monotonic()

    async def until_async(self, at_ns: int) -> None:
        """Waits for a recorded moment."""
        left = self._left(at_ns)
        if left > 0:
            await _sleep(left)

    def until(self, at_ns: int) -> None:
        """Waits for a recorded moment, and holds up the thread."""
        left = self._left(at_ns)
        if left > 0:
            wait(left)

    async def for_the_caller(self) -> None:
        """Lets the caller stop, as the recorded one did."""
        await _sleep(_GRACE_SECONDS)

    def _left(self, at_ns: int) -> float:
        return at_ns / 1e9 - (monotonic() - self._started) if self._is_kept else 0.0


async def _sleep(seconds: float) -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        # Trio's loop, which no world has a clock for; who has none needs not import it.
        import anyio

        await anyio.sleep(seconds)
    else:
        await sleep(seconds)
