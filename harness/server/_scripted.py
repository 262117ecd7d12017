"""Answers from a script: chat completions, responses, embeddings, assistants, and models."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from harness.errors import UnexpectedModelCall
from harness.openai_wire import chat, embeddings, failure, responses
from harness.script import Asked, Performance, Reply, Script
from harness.server._answers import Answers, Report, listed, missed, not_served, refused
from harness.server._assistants import Assistants

# OpenAI's own addresses, and the two kinds that Azure has.
_PATH = re.compile(r"(?:/openai)?(?:/v1|/deployments/[^/]+)?/(?P<api>.+)")
_NO_NAMES = {"scripted": "scripted"}


class _Api(Protocol):
    """A module of `harness.openai_wire` in which a model is asked."""

    def asked_by(self, request: Mapping[str, Any]) -> Asked: ...
    def whole(self, reply: Reply, request: Mapping[str, Any]) -> dict[str, Any]: ...
    def events(self, reply: Reply, request: Mapping[str, Any]) -> Iterator[bytes]: ...


_API_BY_PATH: dict[str, _Api] = {"chat/completions": chat, "responses": responses}


def scripted(script: Script) -> Callable[[str], Answers]:
    """Opens sessions that each play a script from its start.

    Raises:
        TypeError: The script has parts, of which one is to be picked.
    """
    replies = script.replies
    if not isinstance(replies, tuple):
        raise TypeError("A script with parts is served a part at a time: script.part(scenario).")
    return lambda _: ScriptedAnswers(Performance(replies), script.models)


class ScriptedAnswers(Answers):
    """Gives the replies of a script, in whichever of OpenAI's formats is asked for.

    Args:
        performance: What is answered.
        models: Under which name a model answers, by the name it is asked by.
    """

    def __init__(self, performance: Performance, models: Mapping[str, str]) -> None:
        self._performance, self._models = performance, models
        self._misses: list[UnexpectedModelCall] = []
        self._assistants = Assistants(self._reply)

    async def answer(self, request: Request) -> Response:
        """The reply that is foreseen, or an error that says what is."""
        match = _PATH.fullmatch(request.url.path)
        api = match["api"] if match else ""
        try:
            if request.method == "POST" and api in (*_API_BY_PATH, "embeddings"):
                return self._called(api, json.loads(await request.body()))
            if request.method == "GET" and api == "models":
                return listed(list(self._models or _NO_NAMES))
            return await self._assistants.answer(request, api) or not_served(request)
        except UnexpectedModelCall as miss:
            return missed(miss)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            why = f"This is no request for {request.method} {request.url.path}: {error}"
            return refused(400, why, "malformed")

    @property
    def report(self) -> Report:
        """Which replies were given, and which not."""
        show = self._performance
        return Report(tuple(show.used), tuple(show.unused), tuple(self._misses))

    def _called(self, api: str, body: Any) -> Response:
        if api == "embeddings":
            return JSONResponse(embeddings.whole(body))
        form = _API_BY_PATH[api]
        asked = form.asked_by(body)
        reply = self._reply(asked)
        named = {**body, "model": self._models.get(asked.model, asked.model)}
        if reply.fail is not None:
            return _failed(reply)
        if body.get("stream"):
            events = _one_by_one(form.events(reply, named))
            return StreamingResponse(events, media_type="text/event-stream")
        return JSONResponse(form.whole(reply, named))

    def _reply(self, asked: Asked) -> Reply:
        try:
            return self._performance.answer(asked)
        except UnexpectedModelCall as miss:
            self._misses.append(miss)
            raise


def _failed(reply: Reply) -> Response:
    assert reply.fail is not None
    after = reply.fail.retry_after
    headers = {} if after is None else {"retry-after": after}
    return JSONResponse(failure(reply.fail), reply.fail.status, headers)


async def _one_by_one(events: Iterator[bytes]) -> AsyncIterator[bytes]:
    for event in events:
        yield event
        # One event, one packet, as a real endpoint sends them.
        await asyncio.sleep(0)
