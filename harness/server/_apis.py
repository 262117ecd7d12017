"""OpenAI's APIs in which a model is asked, and a reply in the format of each."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from harness.openai_wire import chat, failure, responses
from harness.script import Asked, HttpFailure, Reply

# OpenAI's own addresses, and the two kinds that Azure has.
_PATH = re.compile(r"(?:/openai)?(?:/v1|/deployments/[^/]+)?/(?P<api>.+)")


class Api(Protocol):
    """A module of `harness.openai_wire` in which a model is asked."""

    def asked_by(self, request: Mapping[str, Any]) -> Asked: ...
    def whole(self, reply: Reply, request: Mapping[str, Any]) -> dict[str, Any]: ...
    def events(self, reply: Reply, request: Mapping[str, Any]) -> Iterator[bytes]: ...


API_BY_PATH: dict[str, Api] = {"chat/completions": chat, "responses": responses}


def api_of(request: Request) -> str:
    """What is asked, whatever stands before it in the path: `chat/completions`."""
    match = _PATH.fullmatch(request.url.path)
    return match["api"] if match else ""


def worded(api: Api, reply: Reply, request: Mapping[str, Any]) -> Response:
    """A reply as an API gives it: whole or as a stream, as the request wants it."""
    if reply.fail is not None:
        return _failed(reply.fail)
    if request.get("stream"):
        events = _one_by_one(api.events(reply, request))
        return StreamingResponse(events, media_type="text/event-stream")
    return JSONResponse(api.whole(reply, request))


def _failed(fail: HttpFailure) -> Response:
    headers = {} if fail.retry_after is None else {"retry-after": fail.retry_after}
    return JSONResponse(failure(fail), fail.status, headers)


async def _one_by_one(events: Iterator[bytes]) -> AsyncIterator[bytes]:
    for event in events:
        yield event
        # One event, one packet, as a real endpoint sends them.
        await asyncio.sleep(0)
