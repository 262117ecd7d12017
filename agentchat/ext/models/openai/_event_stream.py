"""EventStream: the SDK's stream of events, read to its end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TYPE_CHECKING

from openai import AsyncStream

if TYPE_CHECKING:  # The SDK's own module may move; only a type checker would miss it.
    from openai._streaming import ServerSentEvent

_DRAIN_SECONDS = 0.1


class EventStream(AsyncStream[object]):
    """A stream that knows whether the server has said that it is over."""

    is_complete = False
    """Whether `[DONE]` has come. Not every server says it."""

    async def _iter_events(self) -> "AsyncIterator[ServerSentEvent]":
        received = super()._iter_events()
        async for event in received:
            if event.data.startswith("[DONE]"):
                self.is_complete = True
                break
            yield event
        await _drain(received)


async def _drain(received: AsyncIterator[object]) -> None:
    """Lets the connection be used again, and leaves no generator, and so no task, in the middle.

    The SDK would break off at `[DONE]`. What a server still sends after it is of no interest; one
    that does not end its reply soon is left.
    """
    with suppress(Exception):
        async with asyncio.timeout(_DRAIN_SECONDS):
            async for _ in received:
                await asyncio.sleep(0)
