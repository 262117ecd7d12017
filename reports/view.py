"""What the page shows of a run: the page model. Pure; how it looks is up to the templates."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import get_args

from harness.result import Judgement, Manifest, Outcome, Totals, TrialResult
from harness.trace import Usage
from reports._conversation import Conversation, conversation
from reports.run_folder import Run, Trial

OUTCOMES: tuple[Outcome, ...] = ("failed", "error", "miss", "passed", "skipped")
"""From what wants attention first to what wants none."""

assert set(OUTCOMES) == set(get_args(Outcome))


@dataclass(frozen=True, slots=True)
class Expectation:
    """A judgement, with what decided it."""

    judgement: Judgement
    decided_by: int | None
    """Number of the event that shows it; None when no event did, or the trace does not hold it."""


@dataclass(frozen=True, slots=True)
class TrialView:
    """A trial as the page shows it."""

    key: str
    """Tells its places on the page from other trials'; it stays the same from run to run."""

    result: TrialResult
    expectations: tuple[Expectation, ...]
    """Those that do not hold first."""

    conversation: Conversation

    def place(self, number: int) -> str:
        """The anchor of an event."""
        return f"event-{self.key}-{number}"


@dataclass(frozen=True, slots=True)
class ScenarioView:
    """A scenario with its trials: one for each case and repeat."""

    anchor: str
    id: str
    title: str
    description: str
    tags: tuple[str, ...]
    outcome: Outcome
    """The gravest of its trials'."""

    why: str
    """What went wrong, in a line; empty when nothing did."""

    totals: Totals
    trials: tuple[TrialView, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page."""

    manifest: Manifest
    scenarios: tuple[ScenarioView, ...]
    """By outcome, failures first; then in the order of the run."""

    count_of_outcome: dict[Outcome, int]
    """How many scenarios ended so; only outcomes that occur, in the order of OUTCOMES."""

    without_result: tuple[str, ...]
    """Ids that were to be run and have no result."""

    trials: int
    totals: Totals
    usd_saved: Decimal
    """What the answers that were not paid for would have cost at list price."""

    trials_of_stop_reason: dict[str, int]
    """How many trials ended for each reason, the most frequent first."""


def page_of(run: Run) -> Page:
    """Arranges a run for the page."""
    scenarios = sorted(_scenarios(run.trials), key=lambda shown: OUTCOMES.index(shown.outcome))
    counts = Counter(shown.outcome for shown in scenarios)
    results = [trial.result for trial in run.trials]
    totals = _sum(result.totals for result in results)
    reasons = Counter(result.stop_reason for result in results if result.stop_reason)
    have_result = {result.scenario for result in results}
    return Page(
        manifest=run.manifest,
        scenarios=tuple(scenarios),
        count_of_outcome={outcome: counts[outcome] for outcome in OUTCOMES if counts[outcome]},
        without_result=tuple(id_ for id_ in run.manifest.scenarios if id_ not in have_result),
        trials=len(results),
        totals=totals,
        usd_saved=totals.usd - totals.usd_spent,
        trials_of_stop_reason=dict(reasons.most_common()),
    )


def _scenarios(trials: Sequence[Trial]) -> list[ScenarioView]:
    trials_of_scenario: dict[str, list[Trial]] = {}
    for trial in trials:
        trials_of_scenario.setdefault(trial.result.scenario, []).append(trial)
    return [_scenario(same) for same in trials_of_scenario.values()]


def _scenario(trials: Sequence[Trial]) -> ScenarioView:
    worst = min(trials, key=lambda trial: OUTCOMES.index(trial.result.outcome)).result
    return ScenarioView(
        anchor=f"scenario-{_digest(worst.scenario)}",
        id=worst.scenario,
        title=worst.title or worst.scenario.rpartition("::")[2],
        description=worst.description,
        tags=worst.tags,
        outcome=worst.outcome,
        why=_why(worst),
        totals=_sum(trial.result.totals for trial in trials),
        trials=tuple(_trial(trial) for trial in trials),
    )


def _why(result: TrialResult) -> str:
    if result.failure is not None:
        return f"{result.failure.error}: {result.failure.text}".partition("\n")[0]
    broken = next((judged for judged in result.judgements if not judged.holds), None)
    return " · ".join(filter(None, [broken.expectation, broken.why])) if broken else ""


def _trial(trial: Trial) -> TrialView:
    result = trial.result
    told = conversation(trial.trace)
    expectations = [
        Expectation(judged, None if judged.event is None else told.shown_by.get(judged.event))
        for judged in result.judgements
    ]
    return TrialView(
        key=_digest(result.scenario, result.case or "", str(result.trial)),
        result=result,
        expectations=tuple(sorted(expectations, key=lambda shown: shown.judgement.holds)),
        conversation=told,
    )


def _digest(*names: str) -> str:
    return sha256("\0".join(names).encode()).hexdigest()[:8]


def _sum(many: Iterable[Totals]) -> Totals:
    """Adds totals up, field by field."""
    listed = list(many)
    return Totals(
        usage=sum((totals.usage for totals in listed), start=Usage()),
        **{
            name: sum(getattr(totals, name) for totals in listed)
            for name in Totals.model_fields
            if name != "usage"
        },
    )
