"""An OpenAI-compatible endpoint on this machine that answers from a script."""

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from harness import openai_wire
from harness.errors import UnexpectedModelCall
from harness.script import Performance, Reply, Script

LOOPBACK = "127.0.0.1"


def app_of(performance: Performance, models: Mapping[str, str]) -> Starlette:
    """The endpoint as an ASGI application: chat completions, and the list of models.

    Args:
        performance: What is answered.
        models: Under which name a model answers, by the name it is asked by.
    """

    async def chat_completions(request: Request) -> Response:
        try:
            body = json.loads(await request.body())
            asked = openai_wire.asked_by(body)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return _refused(400, f"This is no chat completions request: {error}")
        try:
            reply = performance.answer(asked)
        except UnexpectedModelCall as error:
            return _refused(404, str(error))
        return _answered(reply, {**body, "model": models.get(asked.model, asked.model)})

    async def list_models(_: Request) -> Response:
        names = models or {"scripted": "scripted"}
        data = [{"id": name, "object": "model", "owned_by": "harness"} for name in names]
        return JSONResponse({"object": "list", "data": data})

    async def anything(request: Request) -> Response:
        return _refused(404, f"{request.method} {request.url.path} is not served here.")

    return Starlette(
        routes=[
            Route("/v1/chat/completions", chat_completions, methods=["POST"]),
            Route("/v1/models", list_models),
            Route("/{path:path}", anything, methods=["GET", "POST", "PUT", "DELETE"]),
        ]
    )


@contextmanager
def serving(script: Script, port: int = 0) -> Iterator[str]:
    """Serves a script on the loopback interface while the block lasts, and gives the base URL.

    Args:
        script: The replies.
        port: Where; 0 takes a free port.

    Raises:
        OSError: The port is taken.
    """
    if not isinstance(script.replies, tuple):
        raise TypeError("A script with parts is served a part at a time: script.part(scenario).")
    listener = socket.create_server((LOOPBACK, port))
    application = app_of(Performance(script.replies), script.models)
    configuration = uvicorn.Config(
        application, log_level="warning", lifespan="off", access_log=False
    )
    server = uvicorn.Server(configuration)
    thread = threading.Thread(
        target=lambda: asyncio.run(server.serve(sockets=[listener])), name="scripted endpoint"
    )
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{listener.getsockname()[1]}/v1"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def _answered(reply: Reply, body: Mapping[str, Any]) -> Response:
    if reply.fail is not None:
        headers = {} if reply.fail.retry_after is None else {"retry-after": reply.fail.retry_after}
        return JSONResponse(openai_wire.failure(reply.fail), reply.fail.status, headers)
    if body.get("stream"):
        return StreamingResponse(_streamed(reply, body), media_type="text/event-stream")
    return JSONResponse(openai_wire.completion(reply, body))


async def _streamed(reply: Reply, body: Mapping[str, Any]) -> AsyncIterator[bytes]:
    for event in openai_wire.events(reply, body):
        yield event
        # One event, one packet, as a real endpoint sends them.
        await asyncio.sleep(0)


def _refused(status: int, message: str) -> Response:
    """An error as the API would word it; the header keeps clients from trying again."""
    body = {"error": {"message": message, "type": "invalid_request_error", "code": "scripted"}}
    return JSONResponse(body, status, {"x-should-retry": "false"})
