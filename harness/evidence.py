"""Scenarios run for the sake of their cassettes: what each still plays, and what it misses."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from harness.errors import HarnessError
from harness.formats import load, save
from harness.interactions import Cassette
from harness.journal import fingerprint
from harness.run import Run, Settings
from harness.runner import Trial
from harness.scenario import Scenario
from harness.session import RecordMode
from harness.summary import explanation
from harness.upkeep import Playback, named, playback_of, without
from harness.workers import run_all


def played_back(scenarios: Sequence[Scenario]) -> Iterator[Playback | None]:
    """Runs scenarios with what is recorded alone, and tells of each what became of its cassette.

    None for a scenario that asks no model and has no cassette.
    """
    for scenario in scenarios:
        yield _played_back(scenario)


def recorded_anew(scenario: Scenario) -> Playback:
    """Asks live what the scenario's cassette does not hold, and removes what is not asked any more.

    What is still asked, is played. Nothing changes if the scenario fails with an error.

    Raises:
        HarnessError: Nobody is there to answer, or the cassette can't be read or written.
    """
    trial, run = _tried(scenario, RecordMode.NEW_EPISODES)
    playback = _playback(scenario, trial, run)
    if run.session is None or playback.problem or playback.misses:
        return playback
    left = [run.session.cassette.interactions[position] for position in run.session.unplayed]
    if left:
        cassette = load(scenario.cassette)
        save(
            scenario.cassette, without(cassette, _positions(cassette, list(map(fingerprint, left))))
        )
    return replace(playback, unplayed=())


def _positions(cassette: Cassette, fingerprints: list[str]) -> set[int]:
    """Where those interactions stand, the first of equal ones."""
    found = set()
    for position, each in enumerate(cassette.interactions):
        if fingerprint(each) in fingerprints:
            fingerprints.remove(fingerprint(each))
            found.add(position)
    return found


def _played_back(scenario: Scenario) -> Playback | None:
    try:
        trial, run = _tried(scenario, RecordMode.NONE)
    except HarnessError as error:
        return _without_session(scenario, problem=str(error))
    if run.session is None and not scenario.cassette.exists():
        return None
    return _playback(scenario, trial, run)


def _playback(scenario: Scenario, trial: Trial, run: Run) -> Playback:
    result = trial.result
    problem = "\n".join(explanation(result)) if result.outcome == "error" else ""
    if run.session is None:
        return _without_session(scenario, load(scenario.cassette), problem)
    return playback_of(
        run.session, named(scenario.cassette), scenario.id, _command(scenario), problem
    )


def _without_session(
    scenario: Scenario, cassette: Cassette | None = None, problem: str = ""
) -> Playback:
    """Of a scenario that did not open its cassette."""
    unplayed = () if cassette is None else tuple(range(1, len(cassette.interactions) + 1))
    return Playback(
        cassette=named(scenario.cassette),
        owner=scenario.id,
        rerecord=_command(scenario),
        fingerprint="" if cassette is None else fingerprint(cassette),
        unplayed=unplayed,
        problem=problem,
    )


def _command(scenario: Scenario) -> str:
    return f"harness run {scenario.id} --record-mode rewrite"


def _tried(scenario: Scenario, mode: RecordMode) -> tuple[Trial, Run]:
    runs: list[Run] = []

    def watched(run: Run) -> Any:
        runs.append(run)
        return scenario.function(run)

    trial = next(iter(run_all([replace(scenario, function=watched)], Settings(mode))))
    return trial, runs[0]
