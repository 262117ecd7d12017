"""The endpoint as an ASGI application: what is answered, and what became of each session."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.errors import HarnessError
from harness.server._answers import SESSIONS, Report, refused
from harness.server._sessions import Sessions
from harness.server._waiting import WhileWaitedFor

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
# What a browser shows from anywhere else is not to read what is served here.
_PAGE_OF_THIS_MACHINE = r"https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?"
_log = logging.getLogger("harness.server")


def app_of(sessions: Sessions) -> Starlette:
    """An application that answers each request from the session that it belongs to.

    `GET /harness/sessions` says what became of all sessions, `GET /harness/sessions/NAME` of one;
    `DELETE` ends that one as well.
    """

    async def of_all(_: Request) -> Response:
        return JSONResponse(
            {"sessions": [_told(each, sessions.report(each)) for each in sessions.names]}
        )

    async def of_session(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in sessions.names:
            return refused(404, f"Session {name!r} has asked nothing.", "no_such_session")
        report = sessions.end(name) if request.method == "DELETE" else sessions.report(name)
        return JSONResponse(_told(name, report))

    async def anything(request: Request) -> Response:
        return await sessions.of(request.headers).answer(request)

    one = Route(f"{SESSIONS}/{{name:path}}", of_session, methods=["GET", "DELETE"])
    application = application_of(anything, [Route(SESSIONS, of_all), one])
    everything = ["*"]
    application.add_middleware(
        CORSMiddleware,
        allow_origin_regex=_PAGE_OF_THIS_MACHINE,
        allow_methods=everything,
        allow_headers=everything,
        expose_headers=everything,
    )
    return application


def application_of(
    answer: Callable[[Request], Awaitable[Response]],
    routes: Sequence[Route] = (),
    close: Callable[[], Awaitable[None]] | None = None,
) -> Starlette:
    """An application that answers every request in one way, for as long as its client waits.

    Args:
        answer: Makes the answer.
        routes: What is answered in another way.
        close: Called when the server ends.
    """

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            if close is not None:
                await close()

    return Starlette(
        routes=[*routes, Route("/{path:path}", answer, methods=_METHODS)],
        middleware=[Middleware(WhileWaitedFor)],
        exception_handlers={HarnessError: _explained, Exception: _logged},
        lifespan=lifespan,
    )


def _told(name: str, report: Report) -> dict[str, Any]:
    return {"session": name, **report.as_json()}


async def _explained(_: Request, error: Exception) -> Response:
    return refused(500, str(error), "harness")


async def _logged(_: Request, error: Exception) -> Response:
    _log.error("A request could not be answered.", exc_info=error)
    return refused(500, f"{type(error).__name__}: {error}", "harness")
