"""harness report: the report of a run, written again."""

from pathlib import Path
from typing import Annotated

import typer

from harness.reporter import reporter_named
from harness.run_folder import REPORT


def report(
    run: Annotated[Path, typer.Argument(help="The run folder.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="The file to write; report.html in the run folder."),
    ] = None,
) -> None:
    """Write the HTML report of a run again.

    Exit codes: 0 written, 2 usage, and a run that can't be read.
    """
    file = output or run / REPORT
    reporter_named("html")(run, file)
    typer.echo(file)
