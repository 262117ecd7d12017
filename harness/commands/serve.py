"""`harness serve`: an OpenAI-compatible endpoint on this machine, in a model's place."""

import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from difflib import get_close_matches
from pathlib import Path
from textwrap import indent
from typing import Annotated
from urllib.parse import urlsplit

import typer

from harness.commands._listening import (
    AllowRemote,
    Host,
    KeyParts,
    Port,
    opened_at,
    refuse_remote,
    stop_asked_for,
)
from harness.errors import UsageError, explained
from harness.formats import load
from harness.matching import parse_key_part
from harness.script import Script, is_script
from harness.server import LOOPBACK, Answers, Report, recorded, scripted, serving_sessions

_MISSES = 4
_OPENAI_API = re.compile(r"(?P<base>.*)/(?:chat/completions|responses|embeddings|models)")


def serve(  # noqa: PLR0913 - an argument an option
    file: Annotated[
        Path | None,
        typer.Argument(metavar="CASSETTE_OR_SCRIPT", help="A recording, or written replies."),
    ] = None,
    script: Annotated[Path | None, typer.Option(help="The same, for a script.")] = None,
    scenario: Annotated[
        str | None, typer.Option(help="Whose replies to serve, when the script has parts.")
    ] = None,
    port: Port = 8808,
    host: Host = LOOPBACK,
    allow_remote: AllowRemote = False,
    pace: Annotated[
        bool, typer.Option("--pace", help="Take the recorded time for every answer.")
    ] = False,
    key_parts: KeyParts = None,
) -> None:
    """Serve a cassette, or a script, as an endpoint like OpenAI's.

    Point any client at it with OPENAI_BASE_URL and any OPENAI_API_KEY. Each key has a session of
    its own that plays from the start, and so has each name in a header x-harness-session.
    GET /harness/sessions says what was played, what not, and what was missing; DELETE
    /harness/sessions/NAME ends a session. Ctrl+C ends the server. Exit codes: 0 all well, 2 usage,
    4 something was asked for that is not there.
    """
    refuse_remote(host, allow_remote)
    chosen = script or file
    if chosen is None or (script and file):
        raise UsageError("One file is served: `harness serve FILE`.")
    if script or is_script(chosen):
        opened, base = scripted(_part(chosen, Script.load(chosen), scenario)), "/v1"
    else:
        parts = [parse_key_part(text) for text in key_parts or ()]
        opened, base = recorded(chosen, pace=pace, key_parts=parts), _base(chosen)
    _serve(opened, base, host, port)


def _serve(opened: Callable[[str], Answers], base: str, host: str, port: int) -> None:
    stopped = stop_asked_for()
    with ExitStack() as resources:
        endpoint = opened_at(host, port, resources, serving_sessions(opened, port, host))
        typer.echo(f"OPENAI_BASE_URL={endpoint.address}{base}")
        stopped.wait()
    for name in endpoint.sessions.names:
        _tell(name, endpoint.sessions.report(name))
    if any(endpoint.sessions.report(name).misses for name in endpoint.sessions.names):
        raise typer.Exit(_MISSES)


def _part(path: Path, script: Script, scenario: str | None) -> Script:
    if not isinstance(script.replies, Mapping):
        return script
    if scenario and scenario in script.replies:
        return script.part(scenario)
    parts = list(script.replies)
    near = get_close_matches(scenario or "", parts, n=1) or parts[:1]
    raise UsageError(
        explained(
            f"{path} has no part {scenario!r}." if scenario else f"{path} has parts.",
            parts=", ".join(parts),
            fix=f"--scenario {near[0]}" if near else None,
        )
    )


def _base(cassette: Path) -> str:
    """Where OpenAI's API begins in the paths of what was recorded."""
    paths = (urlsplit(each.request.url).path for each in load(cassette).interactions)
    matches = filter(None, map(_OPENAI_API.fullmatch, paths))
    return next((match["base"] for match in matches), "/v1")


def _tell(session: str, report: Report) -> None:
    typer.echo(
        f"session {session}: {len(report.played)} played, {len(report.unplayed)} not asked for, "
        f"{len(report.misses)} missing"
    )
    for miss in report.misses:
        typer.echo(indent(str(miss), "  "))
