"""The endpoint as an ASGI application: what is answered, and what became of each session."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.server._answers import refused
from harness.server._sessions import Sessions
from harness.server._waiting import WhileWaitedFor

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def app_of(sessions: Sessions) -> Starlette:
    """An application that answers each request from the session that it belongs to.

    `GET /harness/sessions/NAME` says what became of a session, and `DELETE` ends it as well.
    """

    async def of_session(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in sessions.names:
            return refused(404, f"Session {name!r} has asked nothing.", "no_such_session")
        report = sessions.end(name) if request.method == "DELETE" else sessions.report(name)
        return JSONResponse({"session": name, **report.as_json()})

    async def anything(request: Request) -> Response:
        return await sessions.of(request.headers).answer(request)

    return Starlette(
        routes=[
            Route("/harness/sessions/{name:path}", of_session, methods=["GET", "DELETE"]),
            Route("/{path:path}", anything, methods=_METHODS),
        ],
        middleware=[Middleware(WhileWaitedFor)],
    )
