"""Answers from a script: chat completions, responses, embeddings, assistants, and models."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from harness.errors import NotServed, UnexpectedModelCall
from harness.openai_wire import embeddings
from harness.script import Performance, Script
from harness.server._answers import Answers, Miss, Report, missed, not_served, of_server, refused
from harness.server._apis import API_BY_PATH, api_of, worded
from harness.server._assistants import Assistants

_NO_NAMES = ("scripted",)
_CALLED = (*API_BY_PATH, "embeddings")


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
        self._misses: list[Miss] = []
        self._assistants = Assistants(performance.answer)

    async def answer(self, request: Request) -> Response:
        """The reply that is foreseen, or an error that says what is."""
        try:
            return await self._answer(request, api_of(request))
        except (UnexpectedModelCall, NotServed) as miss:
            self._misses.append(miss)
            return missed(miss)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            why = f"This is no request for {request.method} {request.url.path}: {error}"
            return refused(400, why, "malformed")

    @property
    def report(self) -> Report:
        """Which replies were given, and which not."""
        show = self._performance
        return Report(tuple(show.used), tuple(show.unused), tuple(self._misses))

    async def _answer(self, request: Request, api: str) -> Response:
        if request.method == "POST" and api in _CALLED:
            return self._called(api, json.loads(await request.body()))
        made = of_server(request, "a script", lambda: [*(self._models or _NO_NAMES)])
        made = made or await self._assistants.answer(request, api)
        if made is None:
            raise not_served(request, [*_CALLED, "assistants"])
        return made

    def _called(self, api: str, body: Any) -> Response:
        if api == "embeddings":
            return JSONResponse(embeddings.whole(body))
        form = API_BY_PATH[api]
        asked = form.asked_by(body)
        reply = self._performance.answer(asked)
        named = {**body, "model": self._models.get(asked.model, asked.model)}
        return worded(form, reply, named)
