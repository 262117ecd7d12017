"""A scripted endpoint beside a program that runs as its user runs it, in a process of its own."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response

from harness.script import Performance, Script
from harness.server import ScriptedAnswers, Sessions, app_of, listening

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
    answers = ScriptedAnswers(performance, script.models)
    application = app_of(Sessions(lambda _: answers))
    requests: list[Body] = []

    async def keep(request: Request, answer: RequestResponseEndpoint) -> Response:
        requests.append(json.loads(await request.body()))
        return await answer(request)

    application.add_middleware(BaseHTTPMiddleware, dispatch=keep)
    with listening(application) as address:
        yield Endpoint(f"{address}/v1", requests)
    performance.assert_complete()


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
