"""What the transports of both libraries share."""

from types import ModuleType
from typing import Any, Generic, TypeVar

from harness.errors import UsageError
from harness.session import CassetteSession
from harness.transport._exchanges import Exchanges
from harness.transport._library import library_of

RequestT = TypeVar("RequestT")
ResponseT = TypeVar("ResponseT")


class Transport(Generic[RequestT, ResponseT]):
    """A transport for a library's clients of both kinds that answers from a cassette.

    What is recorded passes through unchanged, piece by piece.

    Args:
        session: The cassette in use.
        inner: Who really sends what is recorded; by default the network.
        pace: Take the recorded time for every answer, on the world's clock; a real clock really
            waits.
    """

    _module: ModuleType

    def __init__(self, session: CassetteSession, inner: Any = None, pace: bool = False) -> None:
        self._inner = inner
        self._library = library_of(self._module)
        self._exchanges = Exchanges(self._library, session, pace)

    async def handle_async_request(self, request: RequestT) -> ResponseT:
        """Answers a request from the cassette, or sends and records it.

        Raises:
            ReplayMiss: The cassette does not hold it, and the mode does not record.
            TransportError: The library's; that is what was recorded, or happened.
        """
        response: ResponseT = await self._exchanges.handle_async(request, self._send_async)
        return response

    def handle_request(self, request: RequestT) -> ResponseT:
        """As `handle_async_request`."""
        response: ResponseT = self._exchanges.handle(request, self._send)
        return response

    async def aclose(self) -> None:
        """Closes the inner transport; the session is its owner's to finish."""
        if isinstance(self._inner, self._library.module.AsyncBaseTransport):
            await self._inner.aclose()

    def close(self) -> None:
        """Closes the inner transport; the session is its owner's to finish."""
        if isinstance(self._inner, self._library.module.BaseTransport):
            self._inner.close()

    async def _send_async(self, request: RequestT) -> ResponseT:
        # Building one loads the machine's certificates: not before something is really sent.
        self._inner = self._inner or self._library.module.AsyncHTTPTransport()
        if not isinstance(self._inner, self._library.module.AsyncBaseTransport):
            raise UsageError(f"{type(self._inner).__name__} can't send for an asynchronous client.")
        response: ResponseT = await self._inner.handle_async_request(request)
        return response

    def _send(self, request: RequestT) -> ResponseT:
        self._inner = self._inner or self._library.module.HTTPTransport()
        if not isinstance(self._inner, self._library.module.BaseTransport):
            raise UsageError(f"{type(self._inner).__name__} can't send for a synchronous client.")
        response: ResponseT = self._inner.handle_request(request)
        return response
