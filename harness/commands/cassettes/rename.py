"""`harness cassettes rename`: cassettes under other names, with the programs that name them."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from harness.commands.cassettes._output import (
    FOUND,
    AsJson,
    Force,
    Write,
    console,
    counted,
    tame,
    tell,
)
from harness.upkeep import Renaming, rename, to_rename


def rename_cassettes(
    old: Annotated[Path, typer.Argument(help="A cassette, or a folder of them.")],
    new: Annotated[Path, typer.Argument(help="Its new name.")],
    force: Force = False,
    write: Write = False,
    as_json: AsJson = False,
) -> None:
    """Rename cassettes, and what names them in Python files.

    One, or a folder. Texts that follow: paths such as 'cassettes/a/b.yaml', and names in
    `harness.cassette("a/b")`, `pytest.mark.cassette("a/b")` and `shared=["a/b"]`. A scenario's
    function or file you rename yourself, since its name is the cassette's. Without --write it is
    only told what would be done.

    Exit codes: 0 renamed, 1 only told, 2 usage.
    """
    plan = to_rename(old, new, overwrite=force)
    plan = rename(plan) if write else plan
    tell("cassettes rename", plan, as_json, _show)
    if not write:
        raise typer.Exit(FOUND)


def _show(plan: Renaming) -> None:
    out = console()
    for move in plan.moves:
        out.print(Text(tame(f"{move.old} → {move.new}")))
    for each in plan.references:
        out.print(Text(tame(f"{each.file}:{each.line}: {each.old!r} → {each.new!r}")))
    for name in plan.without_scenario:
        line = f"{name} belongs to no scenario: rename the scenario, or its story, too."
        out.print(Text(tame(line), style="yellow"))
    what = (
        f"{counted(len(plan.moves), 'cassette')} and {counted(len(plan.references), 'reference')}"
    )
    done = f"Renamed {what}." if plan.written else f"Would rename {what}; add --write to do it."
    out.print(done)
