"""`harness proxy`: records what any program asks over HTTP, and plays it again."""

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated

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
from harness.commands._record_mode import record_mode_option
from harness.errors import UsageError
from harness.formats import load
from harness.matching import parse_key_part
from harness.proxy import Upstream, Upstreams, proxy_of
from harness.server import LOOPBACK, listening
from harness.session import WRITING, CassetteSession, RecordMode

_DRIFTS, _MISSES = 1, 4
_AGAIN = "start the proxy with --record-mode new_episodes, and ask again"


def proxy(  # noqa: PLR0913 - an argument an option
    upstream: Annotated[
        list[str],
        typer.Option(
            metavar="[NAME=]URL",
            help="Where requests are sent on; of several, paths here begin with the NAME.",
        ),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="The cassette.")],
    record_mode: Annotated[
        RecordMode,
        record_mode_option("What is recorded; by default what is not there yet."),
    ] = RecordMode.NEW_EPISODES,
    port: Port = 8809,
    host: Host = LOOPBACK,
    allow_remote: AllowRemote = False,
    key_parts: KeyParts = None,
) -> None:
    """Record what any program asks a server, and play it again.

    Point the program at the proxy instead of the server. Every answer passes unchanged, piece by
    piece; secrets stay out of the cassette. Ctrl+C ends it and finishes the cassette; what was
    recorded outlives a kill as well. --record-mode none only plays. Exit codes: 0 all well, 1
    a live answer is not the recorded one (--record-mode verify), 2 usage, 4 something was asked for
    that was not recorded.
    """
    refuse_remote(host, allow_remote)
    upstreams = [Upstream.parse(text) for text in upstream]
    routes = Upstreams(upstreams)
    if record_mode in WRITING:
        _refuse_unwritable(output)
    parts = [parse_key_part(text) for text in key_parts or ()]
    stopped = stop_asked_for()
    with (
        CassetteSession(output, mode=record_mode, key_parts=parts, rerecord=_AGAIN) as session,
        ExitStack() as resources,
    ):
        server = listening(proxy_of(routes, session), port, host)
        address = opened_at(host, port, resources, server)
        for each in upstreams:
            typer.echo(f"{address}{each.prefix} stands for {each.url}")
        stopped.wait()
    for drift in session.drifts:
        typer.echo(str(drift))
    if output.exists():
        typer.echo(f"{output} holds {len(load(output).interactions)} interactions")
    if session.misses or session.drifts:
        raise typer.Exit(_MISSES if session.misses else _DRIFTS)


def _refuse_unwritable(output: Path) -> None:
    """Else the first to hear of it would be the program that asks."""
    folder = next(each for each in output.absolute().parents if each.exists())
    try:
        TemporaryFile(dir=folder).close()
    except OSError as error:
        why = error.strerror or "it can't be written to"
        raise UsageError(f"{output} can't be recorded: {folder}: {why}.") from error
