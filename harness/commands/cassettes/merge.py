"""`harness cassettes merge`: several cassettes as one."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from harness.commands.cassettes._output import (
    FOUND,
    AsJson,
    Force,
    console,
    counted,
    tame,
    tell,
)
from harness.comparison import Keep, Merging, merged
from harness.errors import UsageError
from harness.formats import save
from harness.upkeep import check_file, check_targets


def merge_cassettes(
    sources: Annotated[list[Path], typer.Argument(help="At least two cassettes.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The cassette to write.")],
    keep: Annotated[Keep | None, typer.Option(help="Whose answers stay where they differ.")] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Merge cassettes: what several hold stands there once.

    Where they answer a request differently, the conflicts are named and nothing is written, unless
    --keep says whose answers stay.

    Exit codes: 0 merged, 1 conflicts, 2 usage, and a file that can't be read.
    """
    if len(sources) < 2:
        raise UsageError("Name at least two cassettes to merge.")
    for source in sources:
        check_file(source)
    # Into one of the sources is what most people want of it, and loses nothing of that one.
    check_targets([] if output in sources else [output], overwrite=force)
    cassette, merging = merged(sources, keep)
    is_written = keep is not None or not merging.conflicts
    if is_written:
        save(output, cassette)
    merging = replace(merging, into=output.as_posix(), written=is_written)
    tell("cassettes merge", merging, as_json, _show)
    if not is_written:
        raise typer.Exit(FOUND)


def _show(merging: Merging) -> None:
    out = console()
    for each in merging.conflicts:
        (one, other), (number, its_number) = each.files, each.numbers
        who = f" ({each.agent})" if each.agent else ""
        line = f"{one}#{number} and {other}#{its_number}{who} answer differently: {each.asked!r}"
        out.print(Text(tame(line), style="yellow"))
    if not merging.written:
        out.print(
            f"{counted(len(merging.conflicts), 'conflict')}; nothing was written. "
            "Add --keep first, last or both."
        )
        return
    out.print(
        f"{merging.into}: {counted(merging.interactions, 'interaction')} of "
        f"{counted(len(merging.sources), 'file')}, {merging.once} left out as double."
    )
