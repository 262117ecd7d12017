"""`harness cassettes doctor`: what is wrong with cassettes, and the command that mends it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from harness.commands.cassettes._output import (
    FOUND,
    AsJson,
    console,
    counted,
    tame,
    tell,
)
from harness.upkeep import Ailment, Diagnosis, examined, mended, recovered


def doctor(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files and folders; by default `cassettes`.")
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Mend what can be mended with nothing lost.")
    ] = False,
    recover: Annotated[
        bool, typer.Option("--recover", help="Bring home what killed processes recorded.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Examine cassettes, and name what mends each ailment.

    Looks for files that are unreadable, truncated, of an old or newer version, in the middle of a
    merge, pointers of git-lfs, with a byte order mark or the line ends of Windows; journals of
    killed processes and other remains; recordings that were broken off; cassettes that nothing asks
    for, that are double, lie in the wrong place, or differ in capital letters alone.

    Exit codes: 0 all well, or mended; 1 something is wrong; 2 usage.
    """
    diagnosis = examined(paths or [Path("cassettes")])
    if fix:
        diagnosis = mended(diagnosis)
    elif recover:
        diagnosis = recovered(diagnosis)
    tell("cassettes doctor", diagnosis, as_json, _show)
    if diagnosis.ailments:
        raise typer.Exit(FOUND)


def _show(diagnosis: Diagnosis) -> None:
    out = console()
    _list(diagnosis.mended, "mended: ", "green")
    for each in diagnosis.ailments:
        out.print(Text(_line(each, "")))
        out.print(Text(tame(f"    {each.fix}"), style="cyan"))
    well = "All well." if not diagnosis.ailments else f"{_wrong(diagnosis.ailments)}."
    done = f" {counted(len(diagnosis.mended), 'ailment')} mended." if diagnosis.mended else ""
    out.print(f"{counted(diagnosis.examined, 'cassette')} examined.{done} {well}")


def _list(ailments: Sequence[Ailment], lead: str, style: str) -> None:
    out = console()
    for each in ailments:
        out.print(Text(_line(each, lead), style=style))


def _line(ailment: Ailment, lead: str) -> str:
    place = ailment.file if ailment.line is None else f"{ailment.file}:{ailment.line}"
    return tame(f"{place}: {lead}{ailment.kind}: {ailment.what}")


def _wrong(ailments: Sequence[Ailment]) -> str:
    mendable = sum(each.mendable for each in ailments)
    hint = f", {mendable} of them mended by --fix" if mendable else ""
    return f"{counted(len(ailments), 'ailment')}{hint}"
