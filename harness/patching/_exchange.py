"""What vcrpy's patches take for a cassette: it asks the one in use, request by request."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from agentchat.core._world import path
from harness.in_use import in_use
from harness.interactions import Failure, Headers, Request, Response
from harness.session import Playing, Recording

_CONNECTING = frozenset(
    {"NewConnectionError", "NameResolutionError", "ConnectionRefusedError", "gaierror"}
)


def _failure_of_sockets(failure: Failure) -> Exception:
    """What a socket raises; libraries make their own error of it."""
    if "Timeout" in failure.error:
        return TimeoutError(failure.message)
    kind = ConnectionRefusedError if failure.error == "ConnectError" else ConnectionError
    return kind(failure.message)


class VcrpyCassette:
    """Has the attributes that vcrpy's patches ask for, and no interactions of its own.

    What became of a request is noted on it, so that it is asked once however often vcrpy looks.

    Args:
        without: Libraries that shall not be patched.
        failure: Makes the library's error of a recorded one.
    """

    _path = ""
    custom_patches = ()
    write_protected = False

    def __init__(
        self,
        without: Sequence[str] = (),
        failure: Callable[[Failure], Exception] = _failure_of_sockets,
    ) -> None:
        self.skip_patchers = without
        self._failure = failure

    def can_play_response_for(self, request: Any) -> bool:
        """Whether it was recorded; if not, it is sent now.

        Raises:
            ReplayMiss: The cassette does not hold it, and the mode does not record.
        """
        return isinstance(self._exchange(request), Playing)

    def play_response(self, request: Any) -> dict[str, Any]:
        """What was recorded, as vcrpy lays it out."""
        playing = self._exchange(request)
        assert isinstance(playing, Playing)
        recorded = playing.response
        if isinstance(recorded.ending, Failure):
            raise self._failure(recorded.ending)
        if not isinstance(recorded, Response) or recorded.ending == "stopped":
            raise playing.beyond()
        headers: dict[str, list[str]] = {}
        for name, value in recorded.headers:
            headers.setdefault(name, []).append(value)
        status = {"code": recorded.status, "message": _phrase(recorded.status)}
        return {"status": status, "headers": headers, "body": {"string": recorded.content}}

    def filter_request(self, request: Any) -> Any:
        """The request if it is the cassette's business, else None."""
        return None if self._exchange(request) is None else request

    def append(self, request: Any, response: Mapping[str, Any]) -> None:
        """Takes down what came back."""
        recording = self._recording(request)
        if recording is not None:
            recording.answered(response["status"]["code"], _pairs(response["headers"]))
            recording.received(response["body"].get("string") or b"")
            recording.ended("complete")

    def failed(self, error: Exception, request: Any) -> None:
        """Takes down that nothing came back."""
        recording = self._recording(request)
        if recording is not None:
            recording.ended(Failure(_kind(error), str(error)))

    def _exchange(self, request: Any) -> Playing | Recording | None:
        if "exchange" not in vars(request):
            request.exchange = self._begun(request)
        exchange: Playing | Recording | None = request.exchange
        return exchange

    def _begun(self, request: Any) -> Playing | Recording | None:
        use = in_use()
        if use is None or use.ignores(request.uri):
            return None
        asked = asked_by(request)
        playing = use.session.play(asked, path())
        if playing is not None:
            return playing
        return use.session.record(asked, path())

    def _recording(self, request: Any) -> Recording | None:
        exchange = vars(request).get("exchange")
        return exchange if isinstance(exchange, Recording) else None


def asked_by(request: Any) -> Request:
    """A request of vcrpy's as it is looked for."""
    headers = tuple((str(name), _text(value)) for name, value in request.headers.items())
    return Request(request.method, request.uri, headers, _bytes(request.body))


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _bytes(body: Any) -> bytes:
    if isinstance(body, str):
        return body.encode()
    if body is None or isinstance(body, bytes | bytearray | memoryview):
        return bytes(body or b"")
    if hasattr(body, "read"):
        return _bytes(body.read())
    return b"".join(_bytes(piece) for piece in body)


def _pairs(headers: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Headers:
    items = headers.items() if isinstance(headers, Mapping) else headers
    return tuple(
        (str(name), _text(value))
        for name, values in items
        for value in (values if isinstance(values, list | tuple) else [values])
    )


def _kind(error: Exception) -> str:
    """The class of httpx's that says what happened."""
    name = type(error).__name__
    if isinstance(error, TimeoutError) or "Timeout" in name:
        return "ConnectTimeout" if "Connect" in name else "ReadTimeout"
    if name in _CONNECTING or name.startswith("ClientConnector"):
        return "ConnectError"
    return "ReadError"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
