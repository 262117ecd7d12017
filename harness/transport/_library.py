"""httpx and httpx2: one interface, under two names."""

from functools import cache, partial
from types import ModuleType
from typing import Any

from harness.interactions import Failure, Request, Response
from harness.session import Playing, Recording
from harness.transport._bodies import Passing, Played


class Library:
    """What differs between the two: the classes that requests, answers, bodies and errors have.

    Args:
        module: `httpx` or `httpx2`.
    """

    def __init__(self, module: ModuleType) -> None:
        self.module: Any = module
        self.error: type[Exception] = self.module.TransportError
        self._error_by_name = {
            name: each
            for name, each in vars(module).items()
            if isinstance(each, type) and issubclass(each, self.error)
        }
        kinds = (self.module.AsyncByteStream, self.module.SyncByteStream)
        self._passing = type("Passing", (Passing, *kinds), {})
        self._played = type("Played", (Played, *kinds), {})

    def asked(self, request: Any, body: bytes) -> Request:
        """A request as it is looked for."""
        headers = tuple(request.headers.multi_items())
        return Request(request.method, str(request.url), headers, body)

    def passed_on(self, response: Any, recording: Recording) -> Any:
        """An answer from the network that is taken down while the caller reads it."""
        recording.answered(response.status_code, tuple(response.headers.multi_items()))
        return self.module.Response(
            response.status_code,
            headers=response.headers.raw,
            stream=self._passing(response.stream, recording, self.error),
            extensions=response.extensions,
        )

    def body(self, request: Any, playing: Playing, pace: bool) -> Played:
        """The body of a recorded answer."""
        played: Played = self._played(playing, partial(self._failure, request), pace)
        return played

    def response(self, request: Any, recorded: Response, body: Played) -> Any:
        """A recorded answer."""
        return self.module.Response(
            recorded.status, headers=list(recorded.headers), stream=body, request=request
        )

    def _failure(self, request: Any, failure: Failure) -> Exception:
        kind: Any = self._error_by_name.get(failure.error, self.error)
        error: Exception = kind(failure.message, request=request)
        return error


@cache
def library_of(module: ModuleType) -> Library:
    """The one of a module, `httpx` or `httpx2`."""
    return Library(module)
