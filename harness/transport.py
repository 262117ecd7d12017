"""The transport that stands in for the network: plays from a cassette, or records into it."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx2

from agentchat.core._world import monotonic, path, sleep
from harness.cassette import Chunk, Failure, Request, Response, Unanswered
from harness.errors import UsageError
from harness.session import CassetteSession, Playing, Recording

_ERROR_BY_NAME = {
    name: error
    for name, error in vars(httpx2).items()
    if isinstance(error, type) and issubclass(error, httpx2.TransportError)
}
# Time for the caller's own timer, where the recorded caller stopped because of one.
_GRACE_SECONDS = 1.0


class CassetteTransport(httpx2.AsyncBaseTransport, httpx2.BaseTransport):
    """A transport for httpx2's clients of both kinds that answers from a cassette.

    What is recorded passes through unchanged, piece by piece.

    Args:
        session: The cassette in use.
        inner: Who really sends what is recorded; by default the network.
        pace: Take the recorded time for every answer, on the world's clock. Asynchronous clients
            only; a real clock really waits.
    """

    def __init__(
        self,
        session: CassetteSession,
        inner: httpx2.AsyncBaseTransport | httpx2.BaseTransport | None = None,
        pace: bool = False,
    ) -> None:
        self._session = session
        self._inner = inner
        self._pace = pace

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answers a request from the cassette, or sends and records it.

        Raises:
            ReplayMiss: The cassette does not hold it, and the mode does not record.
            httpx2.TransportError: That is what was recorded, or happened.
        """
        asked = _asked(request, await request.aread())
        playing = self._session.play(asked, path())
        if playing is None:
            return await self._recorded_async(request, self._session.record(asked, path()))
        return await _Player(request, playing, self._pace).response_async()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """As `handle_async_request`, at no pace."""
        asked = _asked(request, request.read())
        playing = self._session.play(asked, path())
        if playing is None:
            return self._recorded(request, self._session.record(asked, path()))
        return _Player(request, playing, pace=False).response()

    async def aclose(self) -> None:
        """Closes the inner transport; the session is its owner's to finish."""
        if isinstance(self._inner, httpx2.AsyncBaseTransport):
            await self._inner.aclose()

    def close(self) -> None:
        """Closes the inner transport; the session is its owner's to finish."""
        if isinstance(self._inner, httpx2.BaseTransport):
            self._inner.close()

    async def _recorded_async(
        self, request: httpx2.Request, recording: Recording
    ) -> httpx2.Response:
        # Building one loads the machine's certificates: not before something is really sent.
        inner = self._inner = self._inner or httpx2.AsyncHTTPTransport()
        if not isinstance(inner, httpx2.AsyncBaseTransport):
            raise UsageError(f"{type(inner).__name__} can't send for an asynchronous client.")
        try:
            response = await inner.handle_async_request(request)
        except httpx2.TransportError as error:
            recording.failed(error)
            raise
        except asyncio.CancelledError:
            recording.ended("stopped")
            raise
        return _passed_on(response, recording)

    def _recorded(self, request: httpx2.Request, recording: Recording) -> httpx2.Response:
        inner = self._inner = self._inner or httpx2.HTTPTransport()
        if not isinstance(inner, httpx2.BaseTransport):
            raise UsageError(f"{type(inner).__name__} can't send for a synchronous client.")
        try:
            response = inner.handle_request(request)
        except httpx2.TransportError as error:
            recording.failed(error)
            raise
        return _passed_on(response, recording)


def _asked(request: httpx2.Request, body: bytes) -> Request:
    headers = tuple(request.headers.multi_items())
    return Request(request.method, str(request.url), headers, body)


def _passed_on(response: httpx2.Response, recording: Recording) -> httpx2.Response:
    recording.answered(response.status_code, tuple(response.headers.multi_items()))
    assert isinstance(response.stream, httpx2.AsyncByteStream | httpx2.SyncByteStream)
    return httpx2.Response(
        response.status_code,
        headers=response.headers.raw,
        stream=_Passing(response.stream, recording),
        extensions=response.extensions,
    )


class _Passing(httpx2.AsyncByteStream, httpx2.SyncByteStream):
    """A body on its way to the caller, taken down as it passes."""

    def __init__(
        self, stream: httpx2.AsyncByteStream | httpx2.SyncByteStream, recording: Recording
    ) -> None:
        self._stream, self._recording = stream, recording

    async def __aiter__(self) -> AsyncIterator[bytes]:
        assert isinstance(self._stream, httpx2.AsyncByteStream)
        try:
            async for piece in self._stream:
                self._recording.received(piece)
                yield piece
        except httpx2.TransportError as error:
            self._recording.failed(error)
            raise
        self._recording.ended("complete")

    def __iter__(self) -> Iterator[bytes]:
        assert isinstance(self._stream, httpx2.SyncByteStream)
        try:
            for piece in self._stream:
                self._recording.received(piece)
                yield piece
        except httpx2.TransportError as error:
            self._recording.failed(error)
            raise
        self._recording.ended("complete")

    async def aclose(self) -> None:
        self._recording.ended("stopped")
        if isinstance(self._stream, httpx2.AsyncByteStream):
            await self._stream.aclose()

    def close(self) -> None:
        self._recording.ended("stopped")
        if isinstance(self._stream, httpx2.SyncByteStream):
            self._stream.close()


class _Player(httpx2.AsyncByteStream, httpx2.SyncByteStream):
    """A recorded answer on its way to the caller."""

    def __init__(self, request: httpx2.Request, playing: Playing, pace: bool) -> None:
        self._request, self._playing, self._pace = request, playing, pace
        self._started = monotonic()

    async def response_async(self) -> httpx2.Response:
        recorded = self._playing.response
        if isinstance(recorded, Response) and not isinstance(recorded.body, bytes):
            return self._response(recorded)
        await self._wait_until(recorded.duration_ns)
        if isinstance(recorded, Unanswered):
            await self._wait_for_the_caller()
        return self.response()

    def response(self) -> httpx2.Response:
        recorded = self._playing.response
        if isinstance(recorded, Unanswered):
            self._fail()
            raise self._playing.beyond()
        return self._response(recorded)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            await self._wait_until(chunk.at_ns)
            yield chunk.data
        await self._wait_until(self._playing.response.duration_ns)
        await self._wait_for_the_caller()
        self._end()

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            yield chunk.data
        self._end()

    @property
    def _chunks(self) -> tuple[Chunk, ...]:
        recorded = self._playing.response
        if isinstance(recorded, Unanswered):
            return ()
        if isinstance(recorded.body, bytes):
            return (Chunk(recorded.duration_ns, recorded.body),) if recorded.body else ()
        return recorded.body

    def _response(self, recorded: Response) -> httpx2.Response:
        return httpx2.Response(
            recorded.status, headers=list(recorded.headers), stream=self, request=self._request
        )

    def _end(self) -> None:
        self._fail()
        if self._playing.response.ending == "stopped":
            raise self._playing.beyond()

    def _fail(self) -> None:
        ending = self._playing.response.ending
        if isinstance(ending, Failure):
            error = _ERROR_BY_NAME.get(ending.error, httpx2.TransportError)
            raise error(ending.message, request=self._request)

    async def _wait_until(self, at_ns: int) -> None:
        left = at_ns / 1e9 - (monotonic() - self._started)
        if self._pace and left > 0:
            await sleep(left)

    async def _wait_for_the_caller(self) -> None:
        if self._playing.response.ending == "stopped":
            await sleep(_GRACE_SECONDS)
