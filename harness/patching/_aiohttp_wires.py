"""Both ends of aiohttp's connections: one that is listened to, and one that brings a recording."""

import asyncio
from typing import Any

from aiohttp import SocketTimeoutError
from aiohttp.client_proto import ResponseHandler

from harness.interactions import Failure, Response
from harness.patching._failures import error_of_sockets, failure_of
from harness.patching._wire import Dictation, wire_of
from harness.session import Playing
from harness.transport import Pace


class HeardProtocol(asyncio.Protocol):
    """What stands between a connection and the library, for one answer.

    Args:
        transport: The connection.
        protocol: The library's, which comes back when the answer is over.
        dictation: Takes it down.
    """

    def __init__(
        self, transport: asyncio.Transport, protocol: ResponseHandler, dictation: Dictation
    ) -> None:
        self._transport, self._protocol, self._dictation = transport, protocol, dictation

    def data_received(self, data: bytes) -> None:
        """Takes it down before the library knows it, and may be done with the answer."""
        self._dictation.feed(data)
        if self._dictation.is_over:
            self._transport.set_protocol(self._protocol)
        self._protocol.data_received(data)

    def eof_received(self) -> None:
        """The server has closed the connection."""
        self._dictation.eof()
        self._protocol.eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        """It broke, or the caller has closed it."""
        if error is not None:
            self._dictation.failed(failure_of(error))
        self._dictation.left()
        self._protocol.connection_lost(error)

    def pause_writing(self) -> None:
        """The network is slower than what is sent."""
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        """It goes on."""
        self._protocol.resume_writing()


class PlayedWire(asyncio.Transport):
    """A connection that swallows what is sent, and brings what was recorded.

    The next piece comes when the caller has begun to read the last one, so that pieces stay apart.

    Args:
        loop: The running one.
        playing: What is played.
        method: Of the request.
        pace: Whether it takes the recorded time.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, playing: Playing, method: str, pace: bool
    ) -> None:
        super().__init__()
        self._loop, self._playing, self._method = loop, playing, method
        self._pace = Pace(pace)
        self._bringing: asyncio.Task[None] | None = None
        self._goes_on = asyncio.Event()
        self._is_closed = False
        self.protocol = _PlayedHandler(loop)
        self.protocol.connection_made(self)

    def begin(self) -> None:
        """The caller waits for the answer."""
        self._bringing = self._loop.create_task(self._bring())

    def write(self, data: Any) -> None:
        """Goes nowhere."""

    def writelines(self, pieces: Any) -> None:
        """Goes nowhere."""

    def pause_reading(self) -> None:
        """No more than a piece waits for the caller at any time."""

    def resume_reading(self) -> None:
        """The caller has begun to read it."""
        self._goes_on.set()

    def is_closing(self) -> bool:
        """Whether the caller, or the end of the recording, has closed it."""
        return self._is_closed

    def close(self) -> None:
        """The caller wants no more."""
        if not self._is_closed:
            self._is_closed = True
            if self._bringing is not None:
                self._bringing.cancel()
            self._loop.call_soon(self.protocol.connection_lost, None)

    def abort(self) -> None:
        """The caller wants no more."""
        self.close()

    async def _bring(self) -> None:
        recorded = self._playing.response
        if isinstance(recorded, Response):
            for at_ns, data in wire_of(recorded, self._method):
                await self._pace.until_async(at_ns)
                self.protocol.data_received(data)
                if self.protocol.holds_a_piece():
                    self._goes_on.clear()
                    await self._goes_on.wait()
        await self._pace.until_async(recorded.duration_ns)
        if recorded.ending == "stopped":
            await self._pace.for_the_caller()
            self.protocol.broken_by(self._playing.beyond())
        elif isinstance(recorded.ending, Failure):
            self._fail(recorded.ending)

    def _fail(self, failure: Failure) -> None:
        if failure.error.endswith("Timeout"):
            # Without words it was the whole call that took too long.
            is_total = not failure.message
            self.protocol.broken_by(
                TimeoutError() if is_total else SocketTimeoutError(failure.message)
            )
            return
        self._is_closed = True
        hung_up = failure.error == "RemoteProtocolError"
        self.protocol.connection_lost(None if hung_up else error_of_sockets(failure))


class _PlayedHandler(ResponseHandler):
    """Reads one answer, and never waits among the connections that may be used again."""

    def set_response_params(self, **params: Any) -> None:
        super().set_response_params(**params)
        self.force_close()
        assert isinstance(self.transport, PlayedWire)
        self.transport.begin()

    def holds_a_piece(self) -> bool:
        """Whether a piece of a body waits for the caller, and another one may follow."""
        body = self._payload
        if body is None or body.is_eof() or not body.total_bytes:
            return False
        # Who reads tells the connection that it may go on; the parser need not know.
        self._reading_paused = True
        self._drop_timeout()
        return True

    def broken_by(self, error: BaseException) -> None:
        """Gives the caller an error, wherever it waits."""
        self.set_exception(error)
        if self._payload is not None:
            self._payload.set_exception(error)
