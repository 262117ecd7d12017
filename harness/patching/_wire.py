"""Answers in HTTP/1.1, as they travel: put on a wire again, and taken down from one."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.client import parse_headers
from io import BytesIO

from harness.interactions import Chunk, Failure, Headers, Response
from harness.session import Recording

# The wire has its own.
_FRAMING = frozenset({"content-length", "transfer-encoding", "connection", "keep-alive"})
_WITHOUT_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
_CUT_OFF = Failure(
    "RemoteProtocolError", "peer closed connection without sending complete message body"
)
_NO_ANSWER = Failure("RemoteProtocolError", "Server disconnected without sending a response.")


def wire_of(response: Response, method: str) -> Iterator[Chunk]:
    """The bytes that bring an answer, and when: each recorded chunk is one HTTP chunk.

    They end where the recording does, even in the middle of an answer.
    """
    if not _has_body(response.status, method):
        yield Chunk(response.duration_ns, _head(response))
    elif isinstance(response.body, bytes) and response.ending == "complete":
        framing = ("content-length", str(len(response.body)))
        yield Chunk(response.duration_ns, _head(response, framing) + response.body)
    else:
        yield Chunk(0, _head(response, ("transfer-encoding", "chunked")))
        for at_ns, data in _chunks(response):
            yield Chunk(at_ns, b"%x\r\n%b\r\n" % (len(data), data))
        if response.ending == "complete":
            yield Chunk(response.duration_ns, b"0\r\n\r\n")


class Dictation:
    """Takes an answer down from the bytes of its wire, as they come.

    An HTTP chunk is one piece, however the network cut it; of a body that does not come in chunks,
    each arrival is one.

    Args:
        recording: Takes down the pieces.
        method: What was asked for with `HEAD` has no body.
    """

    def __init__(self, recording: Recording, method: str) -> None:
        self._recording, self._method = recording, method
        self._unread = bytearray()
        self._left = 0
        self._step: Callable[[], bool] = self._head
        self.is_over = False

    def feed(self, data: bytes) -> None:
        """The next bytes of the wire, before anyone else reads them."""
        self._unread += data
        try:
            while not self.is_over and self._step():
                pass
        except ValueError as error:
            self.failed(Failure("RemoteProtocolError", f"not HTTP/1.1: {error}"))

    def eof(self) -> None:
        """The server has closed the connection."""
        if self._step == self._until_closed:
            self._complete()
        else:
            self.failed(_NO_ANSWER if self._step == self._head else _CUT_OFF)

    def failed(self, failure: Failure) -> None:
        """The connection broke; what has ended already stays as it ended."""
        self._end(failure)

    def left(self) -> None:
        """The caller wants no more; what has ended already stays as it ended."""
        self._end("stopped")

    def _end(self, ending: "Failure | str") -> None:
        if self.is_over:
            return
        self.is_over = True
        if self._unread and self._step == self._chunk:
            self._recording.received(bytes(self._unread[: self._left]))
        self._recording.ended(ending if isinstance(ending, Failure) else "stopped")

    def _complete(self) -> bool:
        self.is_over = True
        self._recording.ended("complete")
        return False

    def _head(self) -> bool:
        end = self._unread.find(b"\r\n\r\n") + 4
        if end < 4:
            return False
        status_line, _, lines = bytes(self._unread[:end]).partition(b"\r\n")
        del self._unread[:end]
        status = int(status_line.split(maxsplit=2)[1])
        if status >= HTTPStatus.OK:
            headers = tuple(
                (name.lower(), value) for name, value in parse_headers(BytesIO(lines)).items()
            )
            self._recording.answered(status, headers)
            self._step = self._body(status, headers)
        return True

    def _body(self, status: int, headers: Headers) -> Callable[[], bool]:
        values = dict(headers)
        if not _has_body(status, self._method):
            return self._complete
        if values.get("transfer-encoding", "").lower().endswith("chunked"):
            return self._chunk_size
        if "content-length" in values:
            self._left = int(values["content-length"])
            return self._counted
        return self._until_closed

    def _chunk_size(self) -> bool:
        line = self._line()
        if line is not None:
            self._left = int(line.partition(b";")[0], 16)
            self._step = self._chunk if self._left else self._trailers
        return line is not None

    def _chunk(self) -> bool:
        is_whole = len(self._unread) >= self._left + 2
        if is_whole:
            self._recording.received(bytes(self._unread[: self._left]))
            del self._unread[: self._left + 2]
            self._step = self._chunk_size
        return is_whole

    def _trailers(self) -> bool:
        line = self._line()
        return self._complete() if line == b"" else line is not None

    def _counted(self) -> bool:
        self._left -= len(self._unread)
        self._until_closed()
        return self._complete() if self._left <= 0 else False

    def _until_closed(self) -> bool:
        if self._unread:
            self._recording.received(bytes(self._unread))
            self._unread.clear()
        return False

    def _line(self) -> bytes | None:
        line, end, rest = self._unread.partition(b"\r\n")
        if not end:
            return None
        self._unread = rest
        return bytes(line)


def _has_body(status: int, method: str) -> bool:
    return method != "HEAD" and status not in _WITHOUT_BODY


def _chunks(response: Response) -> Iterator[Chunk]:
    if isinstance(response.body, bytes):
        yield from [Chunk(response.duration_ns, response.body)] if response.body else []
    else:
        # One without bytes would end the body.
        yield from (chunk for chunk in response.body if chunk.data)


def _head(response: Response, *framing: tuple[str, str]) -> bytes:
    kept = (pair for pair in response.headers if pair[0].lower() not in _FRAMING)
    lines = [f"HTTP/1.1 {response.status} {phrase(response.status)}"]
    lines += [f"{name}: {value}" for name, value in (*kept, *framing)]
    return "".join(f"{line}\r\n" for line in (*map(_one_line, lines), "")).encode("latin-1")


def _one_line(text: str) -> str:
    line = " ".join(text.splitlines())
    return line if all(letter < "\u0100" for letter in line) else line.encode().decode("latin-1")


def phrase(status: int) -> str:
    """What a status is called; empty for one that has no name."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
