"""Connections of http.client, and of all that is built on it: vcrpy puts them in place.

They ask the cassette when a request is whole, and the library itself reads the answer, from a real
socket or from one that is played: it streams as it does without them.
"""

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from agentchat.core._world import path
from harness.in_use import in_use
from harness.interactions import Failure
from harness.patching._exchange import asked_by
from harness.patching._failures import error_of_sockets, failure_of, failure_to_connect
from harness.patching._sockets import HeardSocket, PlayedSocket
from harness.patching._wire import Dictation
from harness.session import Playing, Recording


class AskingConnection:
    """What goes before a connection of vcrpy's, which gathers the request."""

    real_connection: Any
    _vcr_request: Any
    _vcr_options: dict[str, Any]
    _deferred_connect: Any = None
    _url: Callable[[str], str]

    def request(
        self, method: str, url: str, body: Any = None, headers: Any = None, **options: Any
    ) -> None:
        """Keeps what the library wants of the answer, too."""
        self._vcr_options = options
        super().request(method, url, body, headers)  # type: ignore[misc]

    def putrequest(self, *args: Any, **options: Any) -> None:
        """Begins a request that is told line by line."""
        self._vcr_options = {}
        super().putrequest(*args, **options)  # type: ignore[misc]

    def connect(self, *args: Any, **options: Any) -> None:
        """Whether the request is sent at all is not known yet."""
        self._deferred_connect = (args, options)

    def getresponse(self, *_: Any, **__: Any) -> Any:
        """The answer, an object of the library's own.

        Raises:
            ReplayMiss: The cassette does not hold it, and the mode does not record.
        """
        use = in_use()
        request = self._vcr_request
        if use is None or use.ignores(request.uri):
            self._connect()
            self._send()
            return self.real_connection.getresponse()
        asked = asked_by(request)
        playing = use.session.play(asked, path())
        if playing is not None:
            return self._played(playing, use.pace)
        return self._recorded(use.session.record(asked, path()))

    def _played(self, playing: Playing, pace: bool) -> Any:
        if failure := failure_to_connect(playing.response):
            raise _error_of_connecting(self.real_connection, failure)
        real, request = self.real_connection, self._vcr_request
        options = {name: each for name, each in self._vcr_options.items() if name != "chunked"}
        kept, real.sock = real.sock, PlayedSocket(playing, request.method, pace)
        try:
            # It reads an answer only when it has sent something; what it was is settled.
            real.request(request.method, self._url(request.uri), **options)
            return real.getresponse()
        finally:
            real.sock = kept

    def _recorded(self, recording: Recording) -> Any:
        dictation = Dictation(recording, self._vcr_request.method)
        is_connected = False
        try:
            self._connect()
            is_connected = True
            self._send()
            return self._heard(dictation)
        except Exception as error:
            dictation.failed(failure_of(error, connecting=not is_connected))
            raise

    def _heard(self, dictation: Dictation) -> Any:
        real = self.real_connection
        socket = real.sock
        real.sock = heard = HeardSocket(socket, dictation)
        try:
            return real.getresponse()
        finally:
            # None when it was closed, since the server keeps no connection.
            if real.sock is heard:
                real.sock = socket

    def _connect(self) -> None:
        deferred, self._deferred_connect = self._deferred_connect, None
        if deferred is not None:
            args, options = deferred
            self.real_connection.connect(*args, **options)
        elif self.real_connection.sock is None:
            self.real_connection.connect()

    def _send(self) -> None:
        request = self._vcr_request
        # A server that refuses what is sent may still say why.
        with suppress(BrokenPipeError):
            self.real_connection.request(
                request.method,
                self._url(request.uri),
                request.body_bytes,
                request.headers,
                **self._vcr_options,
            )


def _error_of_connecting(connection: Any, failure: Failure) -> Exception:
    error = error_of_sockets(failure)
    if "urllib3" not in sys.modules:
        return error
    # Only now, because it may not be there.
    from harness.patching._urllib3 import error_of_connecting

    return error_of_connecting(connection, error)
