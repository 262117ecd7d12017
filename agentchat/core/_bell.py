"""Bell: tells those who wait that something has changed."""

import asyncio


class Bell:
    """Wakes all who listen, each time it rings; unlike asyncio's events it belongs to no loop.

    Whoever is woken looks for itself whether what it waits for is there.
    """

    __slots__ = ("_listeners",)

    def __init__(self) -> None:
        self._listeners: list[asyncio.Future[None]] = []

    def ring(self) -> None:
        """Wakes those who listen now."""
        if not self._listeners:
            return
        listeners, self._listeners = self._listeners, []
        for listener in listeners:
            if not listener.done():
                listener.set_result(None)

    async def heard(self) -> None:
        """Waits for the next ring."""
        listener = asyncio.get_running_loop().create_future()
        self._listeners.append(listener)
        await listener
