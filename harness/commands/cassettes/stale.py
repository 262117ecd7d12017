"""`harness cassettes stale`, `harness stale`: which recordings the code has left behind."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from agentchat.core._world import SystemWorld
from harness.commands._picking import Expression, Paths, found_here, picked
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
    print_table,
    table_of,
    tame,
    tell,
    told,
)
from harness.commands.cassettes._tests_again import is_of_pytest, recorded_by_tests
from harness.errors import UsageError, explained
from harness.evidence import played_back, recorded_anew
from harness.scenario import STORIES, Scenario
from harness.staleness import StaleCassette, Staleness, Unrun, staleness_of
from harness.upkeep import Playback, read_playbacks


def stale(
    paths: Paths = None,
    expression: Expression = None,
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
    """Tell which recordings no longer match the code.

    Also what recording them again costs. Scenarios are run with what is recorded alone: nothing is
    asked live and nothing is written, unless --rerecord is given; then the cost is told first. Of
    tests is told what the last run of pytest has left: run pytest first.

    Exit codes: 0 all recordings match, 1 some don't (or can't be told), 2 usage.
    """
    if not paths and not evidence:
        paths, evidence = _found_here()
    scenarios = picked(paths, expression) if paths else []
    played = _playbacks(scenarios)
    own = {each.cassette for each in played}
    tested = [each for path in evidence or () for each in read_playbacks(path)]
    playbacks = [*played, *(each for each in tested if each.cassette not in own)]
    staleness = staleness_of(playbacks, SystemWorld().now())
    if rerecord and staleness.stale:
        make_sure(f"{_in_all(staleness)} Record it again?", yes)
        staleness = _recorded(staleness, scenarios, evidence or ())
    tell("cassettes stale", staleness, as_json, _show)
    if not {each.cassette for each in staleness.stale} <= {*staleness.recorded} or staleness.unrun:
        raise typer.Exit(FOUND)


def _found_here() -> tuple[list[str], list[Path]]:
    """The folder of scenarios, and what the last run of the tests has left.

    Raises:
        UsageError: There are neither scenarios nor evidence of tests.
    """
    stories, left = found_here()
    if not stories and not left:
        raise UsageError(
            explained(
                f"There is no folder {STORIES!r} here, and no run of pytest has left evidence.",
                tests="pytest, then harness stale",
                elsewhere="pytest --harness-playbacks FILE, then harness stale --playbacks FILE",
                scenarios="harness stale FOLDER",
            )
        )
    return stories, left


def _playbacks(scenarios: Sequence[Scenario]) -> list[Playback]:
    playing = told(played_back(scenarios), "Playing", total=len(scenarios))
    return [each for each in playing if each is not None]


def _recorded(
    staleness: Staleness, scenarios: Sequence[Scenario], evidence: Sequence[Path]
) -> Staleness:
    scenario_by_id = {each.id: each for each in scenarios}
    meant = [each for each in staleness.stale if each.owner in scenario_by_id]
    why_by_cassette = {
        each.cassette: recorded_anew(scenario_by_id[each.owner]).problem
        for each in told(meant, "Recording")
    }
    if tests := [each for each in staleness.stale if is_of_pytest(each)]:
        why_by_cassette |= recorded_by_tests(tests, evidence)
    failed = [
        Unrun(each.owner, f"it was not recorded again: {why}")
        for each in staleness.stale
        if (why := why_by_cassette.get(each.cassette))
    ]
    done = tuple(name for name, why in why_by_cassette.items() if not why)
    return replace(staleness, recorded=done, unrun=(*staleness.unrun, *failed))


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
    names = {each.cassette for each in staleness.stale}
    out.print(
        f"{counted(staleness.fresh, 'cassette')} up to date, {len(names)} stale"
        f"{f', {len(staleness.unrun)} unknown' if staleness.unrun else ''}"
        f"{f', {len(staleness.recorded)} recorded again' if staleness.recorded else ''}."
    )


def _lines(stale: StaleCassette, is_recorded: bool) -> list[str]:
    first = stale.misses[0]
    lines = [f"  {first.asked}: {first.cause}"]
    if first.nearest:
        lines.append(f"  {first.nearest}")
    for each in stale.interactions:
        told_of = (f"  stale: {stale.cassette}#{each.number}", each.asked_by, each.model)
        lines.append(" ".join(filter(None, told_of)))
    lines.append("  recorded again" if is_recorded else f"  fix: {stale.rerecord}")
    return lines


def _show_costs(staleness: Staleness) -> None:
    out = console()
    table = table_of(("to record again", "requests", "tokens", "cost"), ("requests", "tokens"))
    for each in {each.cassette: each for each in staleness.stale}.values():
        tokens = f"{each.cost.prompt_tokens + each.cost.completion_tokens:,}"
        add_row(table, each.cassette, str(each.cost.requests), tokens, price_in_words(each.cost))
    out.print()
    print_table(table)
    out.print(_in_all(staleness))


def _in_all(staleness: Staleness) -> str:
    """What recording again costs, as far as it is known."""
    sentences = []
    if staleness.cost.requests:
        cost = cost_in_words(staleness.cost)
        sentences.append(f"In all: {cost}, as it took when it was recorded.")
    if new := {each.cassette for each in staleness.stale if not each.cost.requests}:
        miss = "misses" if len(new) == 1 else "miss"
        what = f"What {counted(len(new), 'cassette')} {miss}"
        sentences.append(f"{what} was never recorded: its cost is unknown.")
        if not all(Path(each).exists() for each in new):
            sentences.append("Of what was renamed or moved, harness cassettes doctor tells more.")
    return " ".join(sentences)
