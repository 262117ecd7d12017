"""Sockets as http.client reads them: one that listens to a real one, and one that is played."""

from io import BufferedReader, RawIOBase
from typing import Any

from harness.interactions import Failure, Response, Unanswered
from harness.patching._failures import error_of_sockets, failure_of
from harness.patching._wire import Dictation, wire_of
from harness.session import Playing
from harness.transport import Pace

_BUFFER_BYTES = 2**16


class HeardSocket:
    """A real socket, of which is taken down what comes over it.

    Args:
        socket: The real one.
        dictation: Takes it down, when the caller reads it.
    """

    def __init__(self, socket: Any, dictation: Dictation) -> None:
        self._socket, self._dictation = socket, dictation

    def makefile(self, *_: Any, **__: Any) -> BufferedReader:
        """What an answer is read from."""
        raw = _Heard(self._socket.makefile("rb", buffering=0), self._dictation)
        return BufferedReader(raw, _BUFFER_BYTES)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)


class PlayedSocket:
    """Swallows what is sent, and brings what was recorded.

    Args:
        playing: What is played.
        method: Of the request.
        pace: Whether it takes the recorded time.
    """

    def __init__(self, playing: Playing, method: str, pace: bool) -> None:
        self._raw = _Played(playing, method, Pace(pace))

    def makefile(self, *_: Any, **__: Any) -> BufferedReader:
        """What an answer is read from."""
        return BufferedReader(self._raw, _BUFFER_BYTES)

    def sendall(self, data: Any) -> None:
        """Goes nowhere."""

    def settimeout(self, seconds: Any) -> None:
        """Whoever waits too long does so by recording."""

    def close(self) -> None:
        """There is nothing to close."""


class _Heard(RawIOBase):
    def __init__(self, raw: Any, dictation: Dictation) -> None:
        super().__init__()
        self._raw, self._dictation = raw, dictation

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            count: int = self._raw.readinto(buffer)
        except OSError as error:
            self._dictation.failed(failure_of(error))
            raise
        if count:
            self._dictation.feed(bytes(memoryview(buffer)[:count]))
        else:
            self._dictation.eof()
        return count

    def close(self) -> None:
        if not self.closed:
            self._dictation.left()
            self._raw.close()
        super().close()


class _Played(RawIOBase):
    def __init__(self, playing: Playing, method: str, pace: Pace) -> None:
        super().__init__()
        self._playing, self._pace, self._unread = playing, pace, b""
        recorded = playing.response
        self._pieces = iter(wire_of(recorded, method) if isinstance(recorded, Response) else ())

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._unread:
            piece = next(self._pieces, None)
            if piece is None:
                return self._end()
            self._pace.until(piece.at_ns)
            self._unread = piece.data
        count = min(len(buffer), len(self._unread))
        buffer[:count] = self._unread[:count]
        self._unread = self._unread[count:]
        return count

    def _end(self) -> int:
        recorded: Response | Unanswered = self._playing.response
        self._pace.until(recorded.duration_ns)
        if recorded.ending == "stopped":
            raise self._playing.beyond()
        # A server that hangs up is no error to a socket.
        if isinstance(recorded.ending, Failure) and recorded.ending.error != "RemoteProtocolError":
            raise error_of_sockets(recorded.ending)
        return 0
