"""Bodies on their way to the caller; a library makes streams of its own kind of them."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from harness.interactions import Chunk, Failure, Response, Unanswered
from harness.session import Playing, Recording
from harness.transport._pace import Pace


class Passing:
    """A body that is taken down as it passes.

    Args:
        stream: The library's own.
        recording: Takes it down.
        transport_error: What the library raises when the network fails.
    """

    def __init__(self, stream: Any, recording: Recording, transport_error: type[Exception]) -> None:
        self._stream, self._recording, self._error = stream, recording, transport_error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._stream:
                self._recording.received(piece)
                yield piece
        except self._error as error:
            self._recording.failed(error)
            raise
        self._recording.ended("complete")

    def __iter__(self) -> Iterator[bytes]:
        try:
            for piece in self._stream:
                self._recording.received(piece)
                yield piece
        except self._error as error:
            self._recording.failed(error)
            raise
        self._recording.ended("complete")

    async def aclose(self) -> None:
        """The caller wants no more."""
        self._recording.ended("stopped")
        await self._stream.aclose()

    def close(self) -> None:
        """The caller wants no more."""
        self._recording.ended("stopped")
        self._stream.close()


class Played:
    """A recorded body, and before it the time until it came.

    Args:
        playing: What is played.
        failure: Makes the library's error of a recorded one.
        pace: Whether it takes the recorded time, on the world's clock.
    """

    def __init__(
        self, playing: Playing, failure: Callable[[Failure], Exception], pace: bool
    ) -> None:
        self._playing, self._failure = playing, failure
        self._pace = Pace(pace)
        self._is_closed = False

    async def head_async(self) -> None:
        """Waits for the status line, or for what came instead.

        Raises:
            ReplayMiss: The recorded caller stopped waiting, and this one does not.
        """
        await self._pace.until_async(self._head_at_ns)
        if isinstance(self._playing.response, Unanswered):
            await self._wait_for_the_caller()
            self._end()

    def head(self) -> None:
        """As `head_async`, for a caller that is held up."""
        self._pace.until(self._head_at_ns)
        if isinstance(self._playing.response, Unanswered):
            self._end()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            await self._pace.until_async(chunk.at_ns)
            yield chunk.data
            if self._is_closed:
                return  # Who reads on all the same only clears up.
        await self._pace.until_async(self._playing.response.duration_ns)
        await self._wait_for_the_caller()
        self._end()

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self._pace.until(chunk.at_ns)
            yield chunk.data
            if self._is_closed:
                return
        self._pace.until(self._playing.response.duration_ns)
        self._end()

    async def aclose(self) -> None:
        """The caller wants no more."""
        self._is_closed = True

    def close(self) -> None:
        """The caller wants no more."""
        self._is_closed = True

    @property
    def _head_at_ns(self) -> int:
        recorded = self._playing.response
        is_stream = isinstance(recorded, Response) and not isinstance(recorded.body, bytes)
        return 0 if is_stream else recorded.duration_ns

    @property
    def _chunks(self) -> tuple[Chunk, ...]:
        recorded = self._playing.response
        if isinstance(recorded, Unanswered):
            return ()
        if isinstance(recorded.body, bytes):
            return (Chunk(recorded.duration_ns, recorded.body),) if recorded.body else ()
        return recorded.body

    def _end(self) -> None:
        ending = self._playing.response.ending
        if isinstance(ending, Failure):
            raise self._failure(ending)
        if ending == "stopped":
            raise self._playing.beyond()

    async def _wait_for_the_caller(self) -> None:
        if self._playing.response.ending == "stopped":
            await self._pace.for_the_caller()
