"""`harness serve`: a scripted model on this machine, behind an OpenAI-compatible endpoint."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from harness.script import Script
from harness.server import serving


def serve(
    script: Annotated[Path, typer.Option(help="The script file with the model's replies.")],
    scenario: Annotated[
        str | None, typer.Option(help="Whose replies to serve, when the script has parts.")
    ] = None,
    port: Annotated[int, typer.Option(help="Where to listen; 0 takes a free port.")] = 8808,
) -> None:
    """Serve a script of model replies over an OpenAI-compatible endpoint, on loopback only.

    Point any client at it with OPENAI_BASE_URL and any OPENAI_API_KEY. Ctrl+C ends it.
    """
    with serving(Script.load(script).part(scenario or ""), port) as url:
        typer.echo(f"OPENAI_BASE_URL={url}")
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopped.set())
        stopped.wait()
