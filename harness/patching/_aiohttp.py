"""aiohttp, through vcrpy's replacement of a session's request: whole bodies, and errors."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any

from aiohttp import ClientConnectionError, ClientError, ClientSession, FormData, ServerTimeoutError
from vcr.request import Request as VcrpyRequest
from vcr.stubs.aiohttp_stubs import vcr_request

from agentchat.core._world import path
from harness.in_use import in_use
from harness.interactions import Failure
from harness.patching._exchange import VcrpyCassette, asked_by
from harness.patching._replacing import replaced
from harness.session import Playing, Recording


def aiohttp_patch() -> AbstractContextManager[None]:
    """The patch of `ClientSession`."""
    return replaced(ClientSession, "_request", _asking(ClientSession._request))


def _asking(send: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(send)
    async def _request(self: Any, method: str, url: Any, **arguments: Any) -> Any:
        if in_use() is None:
            return await send(self, method, url, **arguments)
        call = _Call(failure=_failure)
        asked = vcr_request(call, send)
        try:
            return await asked(
                self, method, self._build_url(url), **await _with_bytes(self, arguments)
            )
        except (ClientError, TimeoutError) as error:
            call.failed(error, None)
            raise

    return _request


class _Call(VcrpyCassette):
    """One call of a session: a request, and what redirects make of it.

    vcrpy asks before the first request alone, and tells of all of them afterwards.
    """

    _first: Recording | None = None

    def find_requests_with_most_matches(self, request: Any) -> list[tuple[Any]]:
        """What a redirect leads to: vcrpy knows the address alone, not method and body."""
        use = in_use()
        recorded = [] if use is None else [each.request for each in use.unplayed]
        return [
            (VcrpyRequest(each.method, each.url, each.body, request.headers),)
            for each in recorded
            if each.url == request.uri
        ] or [(request,)]

    def _begun(self, request: Any) -> Playing | Recording | None:
        exchange = super()._begun(request)
        self._first = exchange if isinstance(exchange, Recording) else None
        return exchange

    def _recording(self, request: Any) -> Recording | None:
        first, self._first = self._first, None
        use = in_use()
        if first is not None or use is None or request is None:
            return first
        return use.session.record(asked_by(request), path())


async def _with_bytes(session: Any, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments with the body as it will be sent, where vcrpy would take the object for it."""
    data, json = arguments.get("data"), arguments.get("json")
    if json is not None and data is None:
        body, kind = session.json_serialize(json).encode(), "application/json"
    elif isinstance(data, FormData | dict | list | tuple):
        payload = (data if isinstance(data, FormData) else FormData(data))()
        body, kind = await payload.as_bytes(), payload.headers["Content-Type"]
    else:
        return arguments
    headers = session._prepare_headers(arguments.get("headers"))
    headers.setdefault("Content-Type", kind)
    return {**arguments, "json": None, "data": body, "headers": headers}


def _failure(failure: Failure) -> Exception:
    error = ServerTimeoutError if "Timeout" in failure.error else ClientConnectionError
    return error(failure.message)
