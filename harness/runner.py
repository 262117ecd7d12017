"""Runs a scenario: from its function to a trace, and from the trace to a result."""

import asyncio
import os
import warnings
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from agentchat.core._world import SystemWorld, entered
from harness.errors import HarnessError, ScenarioError
from harness.event_log import EventLog
from harness.expectations import judge
from harness.failures import MISSES, cause_in, failure_of
from harness.formats import load
from harness.redacted import Redacted, replaced_in
from harness.redaction import Redactor, secrets_among
from harness.result import Failure, Judgement, Outcome, TrialResult, totals_of
from harness.run import Run, Settings
from harness.scenario import Scenario
from harness.simulation import LiveWorld, SeededWorld
from harness.sources import is_live, is_recording
from harness.subjects import performed
from harness.trace import Trace

_clock = SystemWorld().monotonic

# What Python itself does not show by default.
_NOT_FOR_AUTHORS = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)


@dataclass(frozen=True)
class Trial:
    """A trial that has been run."""

    trace: Trace
    result: TrialResult

    seconds: float
    """What it took on the machine's own clock."""

    warnings: tuple[str, ...] = ()
    """What Python warned of meanwhile, each once."""

    printed: str = ""
    """What it wrote to the standard streams, where those were caught."""

    redacted: Redacted | None = None
    """What became of secrets in the cassette that it recorded; None if it did not."""


def run_trial(scenario: Scenario, settings: Settings) -> Trial:
    """Runs a scenario once, in a world of its own, and judges it.

    Whatever the scenario's own code raises becomes part of the result.

    Raises:
        HarnessError: The scenario can't be run as asked: its cassette can't be read, or nobody is
            there to record from.
    """
    tried: list[tuple[Trace, TrialResult, Redacted | None]] = []

    async def try_it() -> None:
        # Not returned: asyncio.run takes the repr of what its task returns, and a trace's is long.
        tried.append(await _tried(scenario, settings))

    began = _clock()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for kind in _NOT_FOR_AUTHORS:
            warnings.simplefilter("ignore", kind)
        asyncio.run(try_it())
    said = dict.fromkeys(f"{each.category.__name__}: {each.message}" for each in caught)
    trace, result, redacted = tried[0]
    return Trial(trace, result, _clock() - began, tuple(said), redacted=redacted)


async def _tried(
    scenario: Scenario, settings: Settings
) -> tuple[Trace, TrialResult, Redacted | None]:
    is_live_recording = is_recording(scenario, settings.record_mode) and is_live()
    world = LiveWorld if is_live_recording else SeededWorld
    with entered(world(settings.seed)):
        log = EventLog()
        run = Run(scenario, settings, log)
        error = await _performance(scenario, run, log)
        run.settle(error)
        trace = Trace(
            scenario=scenario.id,
            seed=settings.seed,
            events=log.portable_events(run.replacements, _redactor(run)),
        )
        return trace, _result(scenario, run, trace, error), _redacted(run)


async def _performance(scenario: Scenario, run: Run, log: EventLog) -> BaseException | None:
    """Lets the scenario happen; what it raises ends the log, and is returned."""
    try:
        async with run, aclosing(performed(scenario, run)) as stream:
            async for item in stream:
                log.tell(item)
        log.end()
    except BaseException as error:
        if _is_interruption(error):
            raise
        if (refusal := cause_in(error, HarnessError)) and not isinstance(refusal, ScenarioError):
            raise refusal from None
        log.failed(_failure(error, scenario, run))
        return error
    # A subject may have swallowed it, and gone on without the answer.
    return next(iter(run.session.misses), None) if run.session is not None else None


def _is_interruption(error: BaseException) -> bool:
    """Whether somebody wants it all to end, and not the subject alone."""
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is not None and task.cancelling() > 0
    return isinstance(error, KeyboardInterrupt | GeneratorExit)


def _result(scenario: Scenario, run: Run, trace: Trace, error: BaseException | None) -> TrialResult:
    is_miss = error is not None and cause_in(error, *MISSES) is not None
    judgements = () if is_miss else tuple(judge(demand, trace) for demand in scenario.expect)
    return TrialResult(
        scenario=scenario.id,
        title=scenario.title,
        description=scenario.description,
        tags=scenario.tags,
        outcome="miss" if is_miss else "error" if error is not None else _judged(judgements),
        judgements=judgements,
        failure=None if error is None else _failure(error, scenario, run),
        stop_reason=trace.stop_reason,
        totals=totals_of(trace),
        unplayed=len(run.session.unplayed) if run.session is not None else 0,
        cassette=_relative(scenario.cassette, scenario) if run.session is not None else None,
        trace=scenario.trace,
    )


def _redacted(run: Run) -> Redacted | None:
    session = run.session
    if session is None or not session.is_kept:
        return None
    name = os.path.relpath(session.path)
    return Redacted(name, replaced_in(load(session.path)), session.left_out)


def _judged(judgements: Sequence[Judgement]) -> Outcome:
    return "passed" if all(each.holds for each in judgements) else "failed"


def _failure(error: BaseException, scenario: Scenario, run: Run) -> Failure:
    failure = failure_of(cause_in(error, *MISSES) or error, scenario.root, run.replacements)
    return failure.model_copy(update={"text": _redactor(run).text(failure.text)})


def _redactor(run: Run) -> Redactor:
    """What requests have sent is a secret wherever else it stands."""
    return Redactor(secrets_among(os.environ)) if run.session is None else run.session.redactor


def _relative(file: Path, scenario: Scenario) -> str:
    return file.relative_to(scenario.root).as_posix()
