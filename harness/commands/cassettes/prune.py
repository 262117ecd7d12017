"""`harness cassettes prune`: what nobody plays any more is removed."""

from pathlib import Path
from typing import Annotated

import typer

from harness.commands.cassettes._output import (
    FOUND,
    AsJson,
    Write,
    add_row,
    console,
    counted,
    print_document,
    table_of,
    told,
)
from harness.discovery import discover
from harness.evidence import played_back
from harness.scenario import STORIES
from harness.upkeep import Pruning, cassettes_in, prune, read_playbacks, to_prune


def prune_cassettes(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Scenarios to play; by default `scenarios`, if there are any."),
    ] = None,
    evidence: Annotated[
        list[Path] | None,
        typer.Option("--unplayed-from", help="What a test run has left, in place of scenarios."),
    ] = None,
    cassettes: Annotated[
        Path, typer.Option(help="The folder in which to look for orphans.")
    ] = Path("cassettes"),
    write: Write = False,
    as_json: AsJson = False,
) -> None:
    """Remove interactions that no run asks for, and cassettes that nothing asks for.

    All scenarios are played with what is recorded alone. Without --write it is only told what would
    go. A cassette whose run failed or missed a call is left alone.

    Exit codes: 0 nothing to remove, or removed; 1 something is to remove; 2 usage.
    """
    playbacks = [each for path in evidence or () for each in read_playbacks(path)]
    if paths or (not evidence and Path(STORIES).is_dir()):
        scenarios = discover(paths or [Path(STORIES)])
        playing = told(played_back(scenarios), "Playing", total=len(scenarios))
        playbacks += [each for each in playing if each is not None]
    plan = to_prune(playbacks, cassettes_in([cassettes] if cassettes.exists() else []))
    plan = prune(plan) if write else plan
    if as_json:
        print_document("cassettes prune", plan)
    else:
        _show(plan)
    if plan.removals and not write:
        raise typer.Exit(FOUND)


def _show(plan: Pruning) -> None:
    out = console()
    table = table_of(("cassette", "why", "interactions", "what goes"))
    for removal in plan.removals:
        numbers = ", ".join(map(str, removal.numbers))
        goes = "the file" if removal.whole else f"interactions {numbers}"
        add_row(table, removal.cassette, removal.why, str(len(removal.numbers)), goes)
    for left in plan.left_alone:
        add_row(table, left.cassette, "left alone", "", left.why, style="yellow")
    if plan.removals or plan.left_alone:
        out.print(table)
    count = sum(len(each.numbers) for each in plan.removals)
    what = f"{counted(count, 'interaction')} in {counted(len(plan.removals), 'cassette')}"
    if plan.written:
        out.print(f"Removed {what}.")
    elif plan.removals:
        out.print(f"Would remove {what}; add --write to do it.")
    else:
        out.print("Nothing to remove.")
