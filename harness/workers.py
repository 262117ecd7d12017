"""Trials in several processes, given back in the order of the scenarios."""

import signal
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from io import StringIO
from multiprocessing import get_context
from pathlib import Path

from harness.discovery import load
from harness.errors import HarnessError, UsageError, WorkerDied
from harness.run import Settings
from harness.runner import Trial, run_trial
from harness.scenario import Scenario

_AHEAD = 4
"""How many trials a worker may be ahead of the one that is waited for."""


def run_all(
    scenarios: Sequence[Scenario], settings: Settings, workers: int = 1
) -> Generator[Trial]:
    """Runs scenarios, and gives each trial back in their order; what they print is kept in it.

    Args:
        scenarios: What to run.
        settings: How.
        workers: How many processes share the work; a single one is this process itself.

    Raises:
        HarnessError: A scenario can't be run as asked.
        WorkerDied: A process ended without an answer.
    """
    workers = min(workers, len(scenarios))
    if workers <= 1:
        return (_captured(scenario, settings) for scenario in scenarios)
    return _shared(scenarios, settings, workers)


def _shared(scenarios: Sequence[Scenario], settings: Settings, workers: int) -> Generator[Trial]:
    # Spawned, not forked: a worker starts clean whatever this process has imported or opened.
    pool = ProcessPoolExecutor(
        workers, get_context("spawn"), initializer=_leave_ctrl_c_to_the_first
    )
    try:
        under_way: deque[tuple[Scenario, Future[Trial]]] = deque()
        for scenario in scenarios:
            job = pool.submit(_in_worker, scenario.file, scenario.name, settings)
            under_way.append((scenario, job))
            if len(under_way) >= workers * _AHEAD:
                yield _awaited(*under_way.popleft())
        while under_way:
            yield _awaited(*under_way.popleft())
    finally:
        pool.shutdown(cancel_futures=True)


def _awaited(scenario: Scenario, job: Future[Trial]) -> Trial:
    try:
        return job.result()
    except BrokenProcessPool as error:
        raise WorkerDied(scenario.id) from error


def _in_worker(file: Path, name: str, settings: Settings) -> Trial:
    scenario = next(each for each in load(file) if each.name == name)
    try:
        return _captured(scenario, settings)
    except HarnessError as error:
        # Its own class may ask for more than a message when it arrives in the other process.
        raise UsageError(str(error)) from None


def _captured(scenario: Scenario, settings: Settings) -> Trial:
    printed = StringIO()
    with redirect_stdout(printed), redirect_stderr(printed):
        trial = run_trial(scenario, settings)
    return replace(trial, printed=printed.getvalue())


def _leave_ctrl_c_to_the_first() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
