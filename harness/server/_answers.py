"""What answers the requests of one session."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from harness.errors import ReplayMiss, UnexpectedModelCall
from harness.openai_wire import refusal

SESSIONS = "/harness/sessions"
"""Where it is told what became of sessions."""

Miss = ReplayMiss | UnexpectedModelCall
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
    return refused(404, str(miss), "replay_miss")


def not_served(request: Request) -> Response:
    """The answer to a request that is meant for somebody else."""
    return refused(404, f"{request.method} {request.url.path} is not served here.", "not_served")


def of_server(request: Request, served: str, models: Sequence[str]) -> Response | None:
    """The answer to what is asked of the server, and of no model; None for anything else.

    `/` is for browsers, and for programs that wait until the server is there.

    Args:
        request: The request.
        served: What answers come from, in words.
        models: Those that can be asked.
    """
    path = request.url.path
    if request.method not in ("GET", "HEAD"):
        return None
    if path == "/":
        told = {"served": served, "models": models, "sessions": SESSIONS}
        return JSONResponse(told)
    if path.endswith("/models"):
        named = {"object": "model", "created": 0, "owned_by": "harness"}
        return JSONResponse({"object": "list", "data": [{"id": each, **named} for each in models]})
    return not_served(request) if path == "/favicon.ico" else None
