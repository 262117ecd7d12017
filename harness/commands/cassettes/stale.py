"""`harness cassettes stale`, `harness stale`: which recordings the code has left behind."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from agentchat.core._world import SystemWorld
from harness.commands.cassettes._output import (
    FOUND,
    AsJson,
    Yes,
    add_row,
    console,
    cost_in_words,
    counted,
    make_sure,
    price_in_words,
    print_document,
    table_of,
    tame,
    told,
)
from harness.discovery import discover
from harness.errors import NoScenarios
from harness.evidence import played_back, recorded_anew
from harness.scenario import STORIES, Scenario
from harness.selection import select
from harness.upkeep import Playback, StaleCassette, Staleness, Unrun, read_playbacks, staleness_of


def stale(
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="Folders, files, or file.py::name; scenarios by default."),
    ] = None,
    expression: Annotated[
        str | None, typer.Option("-k", help="Only those whose name fits: 'chat and not slow'.")
    ] = None,
    evidence: Annotated[
        list[Path] | None,
        typer.Option("--playbacks", help="What a test run has left, in place of scenarios."),
    ] = None,
    rerecord: Annotated[
        bool, typer.Option("--rerecord", help="Record what is stale again, and nothing else.")
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Tell which recordings no longer match the code, and what recording them again costs.

    Scenarios are run with what is recorded alone: nothing is asked live and nothing is written,
    unless --rerecord is given; then the cost is told first.

    Exit codes: 0 all recordings match, 1 some don't (or can't be told), 2 usage.
    """
    scenarios = [] if evidence and not paths else _scenarios(paths or [STORIES], expression)
    playbacks = [each for path in evidence or () for each in read_playbacks(path)]
    playbacks += _playbacks(scenarios)
    staleness = staleness_of(playbacks, SystemWorld().now())
    if rerecord and staleness.stale:
        staleness = _recorded(staleness, {each.id: each for each in scenarios}, yes)
    if as_json:
        print_document("cassettes stale", staleness)
    else:
        _show(staleness)
    if len(staleness.recorded) < len(staleness.stale) or staleness.unrun:
        raise typer.Exit(FOUND)


def _scenarios(paths: Sequence[str], expression: str | None) -> list[Scenario]:
    found = discover([Path(path) for path in paths])
    picked = select(found, expression) if expression else found
    if not picked:
        raise NoScenarios(", ".join(paths), expression, len(found))
    return picked


def _playbacks(scenarios: Sequence[Scenario]) -> list[Playback]:
    playing = told(played_back(scenarios), "Playing", total=len(scenarios))
    return [each for each in playing if each is not None]


def _recorded(staleness: Staleness, scenarios: dict[str, Scenario], yes: bool) -> Staleness:
    meant = [each for each in staleness.stale if each.owner in scenarios]
    make_sure(f"Recorded again, this took {cost_in_words(staleness.cost)}. Go on?", yes)
    done, failed = [], []
    for each in told(meant, "Recording"):
        playback = recorded_anew(scenarios[each.owner])
        if playback.problem:
            failed.append(Unrun(each.owner, f"it was not recorded again: {playback.problem}"))
        else:
            done.append(each.cassette)
    return replace(staleness, recorded=tuple(done), unrun=(*staleness.unrun, *failed))


def _show(staleness: Staleness) -> None:
    out = console()
    for each in staleness.stale:
        is_recorded = each.cassette in staleness.recorded
        out.print(Text(tame(each.owner), style="bold" if not is_recorded else "dim"))
        for line in _lines(each, is_recorded):
            out.print(Text(tame(line)))
    for unrun in staleness.unrun:
        out.print(Text(tame(unrun.owner), style="bold"))
        out.print(Text(tame(f"  could not be judged: {unrun.why}".replace("\n", "\n    "))))
    if staleness.stale:
        _show_costs(staleness)
    out.print(
        f"{counted(staleness.fresh, 'cassette')} up to date, {len(staleness.stale)} stale"
        f"{f', {len(staleness.unrun)} unknown' if staleness.unrun else ''}"
        f"{f', {len(staleness.recorded)} recorded again' if staleness.recorded else ''}."
    )


def _lines(stale: StaleCassette, is_recorded: bool) -> list[str]:
    first = stale.misses[0]
    lines = [f"  {first.asked}: {first.cause}"]
    if first.nearest:
        lines.append(f"  {first.nearest}")
    for each in stale.interactions:
        lines.append(
            f"  stale: {stale.cassette}#{each.number} {each.asked_by} {each.model}".rstrip()
        )
    lines.append("  recorded again" if is_recorded else f"  fix: {stale.rerecord}")
    return lines


def _show_costs(staleness: Staleness) -> None:
    out = console()
    table = table_of(("to record again", "requests", "tokens", "cost"), ("requests", "tokens"))
    for each in staleness.stale:
        tokens = f"{each.cost.prompt_tokens + each.cost.completion_tokens:,}"
        add_row(table, each.cassette, str(each.cost.requests), tokens, price_in_words(each.cost))
    out.print()
    out.print(table)
    out.print(f"In all: {cost_in_words(staleness.cost)}, as it took when it was recorded.")
