"""What vcrpy's patch of tornado takes for a cassette: it asks the one in use."""

from collections.abc import Mapping
from typing import Any

from agentchat.core._world import path
from harness.in_use import in_use
from harness.interactions import Failure, Request, Response
from harness.patching._failures import error_of_sockets
from harness.patching._wire import phrase
from harness.session import Playing, Recording


class VcrpyCassette:
    """Has the attributes that vcrpy's patches ask for, and no interactions of its own.

    What became of a request is noted on it, so that it is asked once however often vcrpy looks.

    Args:
        without: Libraries that shall not be patched.
    """

    _path = ""
    custom_patches = ()
    write_protected = False

    def __init__(self, *without: str) -> None:
        self.skip_patchers = without

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
            raise error_of_sockets(recorded.ending)
        if not isinstance(recorded, Response) or recorded.ending == "stopped":
            raise playing.beyond()
        headers: dict[str, list[str]] = {}
        for name, value in recorded.headers:
            headers.setdefault(name, []).append(value)
        status = {"code": recorded.status, "message": phrase(recorded.status)}
        return {"status": status, "headers": headers, "body": {"string": recorded.content}}

    def append(self, request: Any, response: Mapping[str, Any]) -> None:
        """Takes down what came back."""
        recording = self._exchange(request)
        if isinstance(recording, Recording):
            headers = ((name, value) for name, values in response["headers"] for value in values)
            recording.answered(response["status"]["code"], tuple(headers))
            recording.received(response["body"]["string"] or b"")
            recording.ended("complete")

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
