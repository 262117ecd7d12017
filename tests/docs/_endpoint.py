"""A scripted endpoint beside a program that runs as its user runs it, in a process of its own."""

import asyncio
import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import uvicorn
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response

from harness.script import Performance, Script
from harness.server import LOOPBACK, app_of

SECONDS = 60
"""A program that takes longer hangs."""

Body = dict[str, Any]
"""Of a request, as JSON."""


class Endpoint(NamedTuple):
    url: str
    requests: list[Body]
    """What it was asked so far."""


class Outcome(NamedTuple):
    printed: str
    warned: str
    """What it wrote to stderr."""


@contextmanager
def answering(script: Script) -> Iterator[Endpoint]:
    """Serves the script; when the block has ended well, every reply must have been asked for."""
    assert isinstance(script.replies, tuple), "one part of the script is served"
    performance = Performance(script.replies)
    application = app_of(performance, script.models)
    requests: list[Body] = []

    async def keep(request: Request, answer: RequestResponseEndpoint) -> Response:
        requests.append(json.loads(await request.body()))
        return await answer(request)

    application.add_middleware(BaseHTTPMiddleware, dispatch=keep)
    with serving(application) as port:
        yield Endpoint(f"http://{LOOPBACK}:{port}/v1", requests)
    performance.assert_complete()


@contextmanager
def serving(application: Any) -> Iterator[int]:
    """Serves an ASGI application on a free port while the block lasts, and gives the port."""
    listener = socket.create_server((LOOPBACK, 0))
    server = uvicorn.Server(uvicorn.Config(application, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def outcome_of(*command: str, url: str, folder: Path, typed: str = "") -> Outcome:
    """What a program prints and warns of; it must end well.

    Args:
        command: The program and its arguments.
        url: Of the endpoint that it asks.
        folder: Its working directory and its home.
        typed: What its user types.
    """
    surroundings = {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "test", "HOME": str(folder)}
    done = subprocess.run(
        command,
        input=typed,
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, **surroundings},
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return Outcome(done.stdout, done.stderr)
