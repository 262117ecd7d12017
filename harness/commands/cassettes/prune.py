"""`harness cassettes prune`: what nobody plays any more is removed."""

from collections import defaultdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from harness.commands._picking import found_here
from harness.commands.cassettes._output import (
    FOUND,
    AsJson,
    Write,
    add_row,
    console,
    counted,
    print_table,
    table_of,
    tame,
    tell,
    told,
)
from harness.discovery import discover
from harness.evidence import played_back
from harness.upkeep import LeftAlone, Pruning, cassettes_in, prune, read_playbacks, to_prune


def prune_cassettes(
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="Scenarios to play; by default `scenarios`, if there are any."),
    ] = None,
    evidence: Annotated[
        list[Path] | None,
        typer.Option(
            "--unplayed-from",
            help="What a test run has left, in place of scenarios; by default, pytest's last too.",
        ),
    ] = None,
    cassettes: Annotated[
        list[Path] | None,
        typer.Option(
            help="Where to look for orphans; by default `cassettes`. Or a file to remove."
        ),
    ] = None,
    write: Write = False,
    as_json: AsJson = False,
) -> None:
    """Remove interactions and cassettes that nothing asks for.

    All scenarios are played with what is recorded alone. Of tests counts what the last run of
    pytest has left. Without --write it is only told what would go. Left alone are cassettes whose
    run failed or missed a call, and those that nothing names: a program may put a name together.
    Name such a file by --cassettes to remove it.

    Exit codes: 0 nothing to remove, or removed; 1 something is to remove; 2 usage.
    """
    if not paths and not evidence:
        paths, evidence = found_here()
    among = cassettes_in(cassettes or _by_default(has_played=bool(paths or evidence)))
    playbacks = [each for path in evidence or () for each in read_playbacks(path)]
    if paths:
        scenarios = discover([Path(each) for each in paths])
        playing = told(played_back(scenarios), "Playing", total=len(scenarios))
        playbacks += [each for each in playing if each is not None]
    meant = [each for each in cassettes or () if each.is_file()]
    plan = to_prune(playbacks, among, meant)
    plan = prune(plan) if write else plan
    tell("cassettes prune", plan, as_json, _show)
    if plan.removals and not write:
        raise typer.Exit(FOUND)


def _by_default(*, has_played: bool) -> list[Path]:
    """The folder of cassettes, which may be missing where something was played."""
    folder = Path("cassettes")
    return [] if has_played and not folder.exists() else [folder]


def _show(plan: Pruning) -> None:
    out = console()
    table = table_of(("cassette", "why", "interactions", "what goes"))
    for removal in plan.removals:
        numbers = ", ".join(map(str, removal.numbers))
        goes = "the file" if removal.whole else f"interactions {numbers}"
        add_row(table, removal.cassette, removal.why, str(len(removal.numbers)), goes)
    if plan.removals:
        print_table(table)
    _show_left(plan)
    count = sum(len(each.numbers) for each in plan.removals)
    what = f"{counted(count, 'interaction')} in {counted(len(plan.removals), 'cassette')}"
    if not plan.removals:
        out.print("Nothing to remove.")
    elif plan.written:
        out.print(f"Removed {what}.")
    else:
        out.print(f"Would remove {what}; add --write to do it.")


def _show_left(plan: Pruning) -> None:
    out = console()
    left_by_why: defaultdict[str, list[LeftAlone]] = defaultdict(list)
    for each in plan.left_alone:
        left_by_why[each.why].append(each)
    for why, left in left_by_why.items():
        out.print(Text(tame(f"{counted(len(left), 'cassette')} left alone: {why}"), style="yellow"))
        for each in left:
            out.print(Text(tame(f"  {each.cassette}")))
        if left[0].fix:
            out.print(Text(tame(f"    {left[0].fix}"), style="cyan"))
