"""The command line: each command is a function of its own in `harness.commands`."""

import errno
import sys
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from agentchat import __version__
from harness.commands import cassettes
from harness.commands.init import init
from harness.commands.migrate import migrate
from harness.commands.proxy import proxy
from harness.commands.report import report
from harness.commands.run import run
from harness.commands.serve import serve
from harness.errors import HarnessError

USAGE = 2

app = typer.Typer(
    name="harness",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(run)
app.command()(report)
app.command()(serve)
app.command()(proxy)
app.command()(init)
app.command()(migrate)
app.command()(cassettes.stale)
app.add_typer(cassettes.app, name="cassettes")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"agentchat-harness {__version__}")
        raise typer.Exit


@app.callback()
def harness(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Say which.")
    ] = False,
) -> None:
    """Run, record, replay and judge agent teams."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command, and ends the program with its exit code.

    Args:
        arguments: What was typed behind `harness`; by default what really was.
    """
    try:
        app(args=arguments)
    except HarnessError as error:
        _end_with(str(error))
    except OSError as error:
        place = error.filename2 or error.filename
        if place is None and error.errno != errno.ENOSPC:
            raise
        # A folder that is read-only, a disk that is full: nothing that a traceback would explain.
        _end_with(f"{place}: {error.strerror}." if place else f"{error.strerror}.")


def _end_with(message: str) -> NoReturn:
    print(f"harness: {message}", file=sys.stderr)
    sys.exit(USAGE)
