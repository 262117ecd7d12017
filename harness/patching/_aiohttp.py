"""aiohttp: a connection that is listened to, or that brings what was recorded.

The library itself does the rest: redirects, cookies, timeouts, and how an answer is read.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from io import BytesIO
from socket import gaierror
from ssl import SSLCertVerificationError, SSLError
from typing import Any

from aiohttp import (
    BaseConnector,
    BytesIOPayload,
    BytesPayload,
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientConnectorSSLError,
    ClientError,
)
from aiohttp.abc import AbstractStreamWriter
from aiohttp.connector import Connection

from agentchat.core._world import path
from harness.in_use import in_use
from harness.interactions import Failure, Request
from harness.patching._aiohttp_wires import HeardProtocol, PlayedWire
from harness.patching._failures import error_of_sockets, failure_of, failure_to_connect
from harness.patching._replacing import replaced
from harness.patching._wire import Dictation
from harness.session import Playing, Recording


def aiohttp_patch() -> AbstractContextManager[None]:
    """The patch of connectors to the network, whatever they connect by."""
    return replaced(BaseConnector, "connect", _asking(BaseConnector.connect))


def _asking(connect: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(connect)
    async def connect_or_play(self: Any, request: Any, *args: Any, **options: Any) -> Any:
        use = in_use()
        if use is None or use.ignores(str(request.url)):
            return await connect(self, request, *args, **options)
        asked = await _asked(request)
        playing = use.session.play(asked, path())
        if playing is not None:
            return _played(self, request, playing, use.pace)
        if "upgrade" in request.headers:
            # What follows is no HTTP, and not for a cassette.
            return await connect(self, request, *args, **options)
        recording = use.session.record(asked, path())
        try:
            connection = await connect(self, request, *args, **options)
        except asyncio.CancelledError:
            recording.ended(_timed_out(request, connecting=True) or "stopped")
            raise
        except (ClientError, OSError) as error:
            recording.ended(failure_of(error, connecting=True))
            raise
        _listen(connection, request, recording)
        return connection

    return connect_or_play


def _played(connector: Any, request: Any, playing: Playing, pace: bool) -> Connection:
    if failure := failure_to_connect(playing.response):
        raise _error_of_connecting(request.connection_key, failure)
    loop = asyncio.get_running_loop()
    wire = PlayedWire(loop, playing, request.method, pace)
    return Connection(connector, request.connection_key, wire.protocol, loop)


def _listen(connection: Connection, request: Any, recording: Recording) -> None:
    dictation = Dictation(recording, request.method)
    transport, protocol = connection.transport, connection.protocol
    if transport is None or protocol is None:
        return  # It is lost already, as the caller will find.

    def is_released() -> None:
        error = protocol.exception() if protocol is not None else None
        if isinstance(error, TimeoutError):
            dictation.failed(failure_of(error))
        elif failure := _timed_out(request):
            dictation.failed(failure)
        dictation.left()

    connection.add_callback(is_released)
    transport.set_protocol(HeardProtocol(transport, protocol, dictation))


def _timed_out(request: Any, connecting: bool = False) -> Failure | None:
    """Whether it was the library that stopped waiting, after all the time that a call may take."""
    if not getattr(request._timer, "_cancelled", False):
        return None
    return Failure("ConnectTimeout" if connecting else "ReadTimeout", "")


def _error_of_connecting(key: Any, failure: Failure) -> Exception:
    error: Any = error_of_sockets(failure)
    if isinstance(error, TimeoutError):
        return error  # The session makes its own of it.
    if isinstance(error, SSLCertVerificationError):
        return ClientConnectorCertificateError(key, error)
    if isinstance(error, SSLError):
        return ClientConnectorSSLError(key, error)
    if isinstance(error, gaierror):
        return ClientConnectorDNSError(key, error)
    return ClientConnectorError(key, error)


async def _asked(request: Any) -> Request:
    """The request as it is looked for; what can be read but once is kept for the sending."""
    written = _Written()
    if request.body:
        await request.body.write(written)
        if not isinstance(request.body, BytesPayload):
            kind, headers = request.body.content_type, request.body.headers
            request._body = BytesIOPayload(
                BytesIO(written.data), content_type=kind, headers=headers
            )
    headers = tuple((str(name), str(value)) for name, value in request.headers.items())
    return Request(request.method, str(request.url), headers, bytes(written.data))


class _Written(AbstractStreamWriter):
    """Where a body is written to be looked at."""

    def __init__(self) -> None:
        self.data = bytearray()

    async def write(self, chunk: bytes | bytearray | memoryview) -> None:
        self.data += chunk

    async def write_eof(self, chunk: bytes = b"") -> None:
        self.data += chunk

    async def drain(self) -> None:
        """All is written at once."""

    def enable_compression(self, encoding: str = "deflate", strategy: int | None = None) -> None:
        """What is looked at is not compressed."""

    def enable_chunking(self) -> None:
        """What is looked at has no frames."""

    async def write_headers(self, status_line: str, headers: Any) -> None:
        """They are looked at in the request."""
