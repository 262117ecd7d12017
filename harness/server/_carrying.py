"""A request of a server's client, carried through a transport, and the answer carried back."""

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from urllib.parse import urljoin

import httpx2
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from harness.errors import ReplayMiss
from harness.openai_wire import refusal
from harness.server._answers import missed

# About one connection, and not about what is said over it. The length is told anew: a body may
# have been decompressed since.
_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
     "te", "trailer", "transfer-encoding", "upgrade", "content-length"}
)  # fmt: skip


class BrokenOff(Exception):
    """The answer ended before its end, as it did when it was recorded; so does the connection."""


async def carried(
    request: Request,
    url: str,
    transport: httpx2.AsyncBaseTransport,
    here: Callable[[str], str],
    without: Collection[str] = (),
) -> Response:
    """Sends a request on, and gives the answer as it comes, piece by piece.

    Args:
        request: What was asked here.
        url: Where it is sent.
        transport: How it is sent.
        here: How an address that a redirect names is asked for here; else who follows it leaves.
        without: Further headers that are not sent, in lower case.
    """
    given = _end_to_end(request.headers.raw, {"host", *without})
    body = await request.body()
    onward = httpx2.Request(request.method, url, headers=given, content=body or None)
    try:
        answer = await transport.handle_async_request(onward)
    except ReplayMiss as miss:
        return missed(miss)
    except httpx2.TransportError as error:
        return _unanswered(url, error)
    if "location" in answer.headers:
        # One that is malformed leads nowhere, and stays.
        with suppress(ValueError):
            answer.headers["location"] = here(urljoin(url, answer.headers["location"]))
    return _Carried(answer)


def raw_path(request: Request) -> str:
    """The path and the query of a request, with every byte as the client wrote it."""
    path: bytes = request.scope.get("raw_path") or request.url.path.encode()
    query: bytes = request.scope["query_string"]
    return (path + (b"?" + query if query else b"")).decode("latin-1")


class _Carried(Response):
    """An answer that comes from elsewhere.

    Args:
        answer: Its head, and the stream of its body.
    """

    def __init__(self, answer: httpx2.Response) -> None:
        super().__init__(status_code=answer.status_code)
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _end_to_end(self._answer.headers.raw)
        start = {"type": "http.response.start", "status": self.status_code, "headers": headers}
        try:
            await send(start)
            await self._send_body(send)
        except (httpx2.TransportError, ReplayMiss) as error:
            raise BrokenOff from error
        finally:
            await self._answer.aclose()
        # Only now: when this is sent the client is done, and so is whoever waited for it.
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_body(self, send: Send) -> None:
        stream = self._answer.stream
        assert isinstance(stream, httpx2.AsyncByteStream)
        async for piece in stream:
            if piece:
                await send({"type": "http.response.body", "body": piece, "more_body": True})


def _end_to_end(
    headers: Iterable[tuple[bytes, bytes]], without: Collection[str] = ()
) -> list[tuple[bytes, bytes]]:
    """The headers that go further than to the next stop."""
    given = [(name.lower().decode("latin-1"), name, value) for name, value in headers]
    named = ",".join(value.decode("latin-1") for name, _, value in given if name == "connection")
    stay = {*_HOP_BY_HOP, *without, *(each.strip().lower() for each in named.split(","))}
    return [(raw_name, value) for name, raw_name, value in given if name not in stay]


def _unanswered(url: str, error: httpx2.TransportError) -> Response:
    """What a gateway answers when nothing comes from behind it; clients may try again."""
    status = 504 if isinstance(error, httpx2.TimeoutException) else 502
    message = f"{url} did not answer: {type(error).__name__}: {error}"
    return JSONResponse(refusal(message, "no_answer"), status)
