"""What answers the requests of one session."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from harness.errors import NotServed, ReplayMiss, UnexpectedModelCall
from harness.openai_wire import refusal

SESSIONS = "/harness/sessions"
"""Where it is told what became of sessions."""

_MODELS = re.compile(r".*/models(?:/(?P<name>.+))?")

Miss = ReplayMiss | UnexpectedModelCall | NotServed
"""A request that there is no answer for."""


class Report(NamedTuple):
    """What became of a session so far."""

    played: tuple[int, ...]
    """Numbers of the replies or interactions that were given, from 1, in the order of asking."""

    unplayed: tuple[int, ...]
    """Numbers of those that nobody asked for."""

    misses: tuple[Miss, ...]
    """What was asked for and is not there, in words."""

    def as_json(self) -> dict[str, Any]:
        """The same for programs in any language."""
        return {**self._asdict(), "misses": [str(miss) for miss in self.misses]}


class Answers(ABC):
    """Replies for one session, each given once."""

    @abstractmethod
    async def answer(self, request: Request) -> Response:
        """The answer to any request that is not for the server itself."""

    @property
    @abstractmethod
    def report(self) -> Report:
        """What was played, and what not."""


def refused(status: int, message: str, code: str) -> Response:
    """An error as the API would word it; the header keeps clients from trying again."""
    return JSONResponse(refusal(message, code), status, {"x-should-retry": "false"})


def missed(miss: Miss) -> Response:
    """The answer to a request that there is no answer for."""
    return refused(404, str(miss), "not_served" if isinstance(miss, NotServed) else "replay_miss")


def not_served(request: Request, apis: Iterable[str]) -> NotServed:
    """A request that is meant for somebody else.

    Args:
        request: The request.
        apis: What is served, besides models.
    """
    return NotServed(f"{request.method} {request.url.path}", [*apis, "models"])


def of_server(
    request: Request, served: str, models: Callable[[], Sequence[str]]
) -> Response | None:
    """The answer to what is asked of the server, and of no model; None for anything else.

    `/` is for browsers, and for programs that wait until the server is there.

    Args:
        request: The request.
        served: What answers come from, in words.
        models: Looks for those that can be asked.
    """
    path = request.url.path
    if request.method not in ("GET", "HEAD"):
        return None
    if path == "/":
        told = {"served": served, "models": models(), "sessions": SESSIONS}
        return JSONResponse(told)
    if match := _MODELS.fullmatch(path):
        if match["name"]:
            return JSONResponse(_model(match["name"]))
        return JSONResponse({"object": "list", "data": [_model(each) for each in models()]})
    return Response(status_code=404) if path == "/favicon.ico" else None


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "harness"}
