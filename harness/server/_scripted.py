"""Answers from a script: chat completions, responses, embeddings, assistants, and models."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from harness.errors import UnexpectedModelCall
from harness.openai_wire import embeddings
from harness.script import Asked, Performance, Reply, Script
from harness.server._answers import Answers, Report, missed, not_served, of_server, refused
from harness.server._apis import API_BY_PATH, api_of, worded
from harness.server._assistants import Assistants

_NO_NAMES = {"scripted": "scripted"}


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
        api = api_of(request)
        try:
            if request.method == "POST" and api in (*API_BY_PATH, "embeddings"):
                return self._called(api, json.loads(await request.body()))
            made = of_server(request, "a script", list(self._models or _NO_NAMES))
            return made or await self._assistants.answer(request, api) or not_served(request)
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
        form = API_BY_PATH[api]
        asked = form.asked_by(body)
        reply = self._reply(asked)
        named = {**body, "model": self._models.get(asked.model, asked.model)}
        return worded(form, reply, named)

    def _reply(self, asked: Asked) -> Reply:
        try:
            return self._performance.answer(asked)
        except UnexpectedModelCall as miss:
            self._misses.append(miss)
            raise
