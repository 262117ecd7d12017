"""harness run: scenarios are run and judged, and a run folder is left."""

import platform
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from agentchat import __version__
from agentchat.core._world import SystemWorld
from harness.commands._picking import Expression, Paths, picked
from harness.commands._record_mode import record_mode_option
from harness.errors import HarnessError, UsageError
from harness.progress import display_for
from harness.reporter import reporter_named
from harness.result import Manifest, Outcome
from harness.run import Settings
from harness.run_folder import REPORT, RunFolder
from harness.runner import Trial
from harness.scenario import STORIES, Scenario
from harness.session import RecordMode
from harness.summary import show
from harness.workers import run_all

_SHAPING = ("genai-prices", "httpx2", "openai", "pydantic")
"""Packages on whose versions a trace depends."""

_EXIT_CODES: dict[Outcome, int] = {"error": 3, "miss": 4, "failed": 1}
"""In order of their weight."""

_INTERRUPTED = 130


def run(  # noqa: PLR0913 - an argument an option
    paths: Paths = None,
    expression: Expression = None,
    out: Annotated[Path, typer.Option(help="The run folder.")] = Path("build/runs/latest"),
    record_mode: Annotated[
        RecordMode, record_mode_option("What may be recorded; nothing by default.")
    ] = RecordMode.NONE,
    workers: Annotated[
        int, typer.Option("-n", "--workers", min=1, help="How many processes share the work.")
    ] = 1,
    seed: Annotated[int, typer.Option(help="Of ids and randomness.")] = 0,
    report: Annotated[bool, typer.Option(help="Whether to write the HTML report.")] = True,
) -> None:
    """Run scenarios, judge them, and write a report.

    Exit codes: 0 all well, 1 an expectation failed, 2 usage, 3 a subject raised an error, 4 a
    model call was not recorded, 130 interrupted.
    """
    # The stream itself: what scenarios print is led elsewhere meanwhile.
    console = Console(file=sys.stdout, highlight=False)
    given = paths or [STORIES]
    scenarios = picked(given, expression)
    settings = Settings(record_mode, seed)
    folder = RunFolder(out)
    clock = SystemWorld()
    timings: dict[str, Any] = {"began": clock.now().isoformat(), "workers": workers}
    began = clock.monotonic()
    trials = _played(console, folder, scenarios, settings, workers)
    timings["seconds"] = clock.monotonic() - began
    timings["trials"] = {trial.result.trace: trial.seconds for trial in trials}
    folder.publish(_manifest(scenarios, settings, given, expression), timings)
    show(console, trials, timings["seconds"])
    console.print(_reported(folder) if report else str(folder.place), soft_wrap=True)
    raise typer.Exit(_exit_code(trials))


def _played(
    console: Console,
    folder: RunFolder,
    scenarios: Sequence[Scenario],
    settings: Settings,
    workers: int,
) -> list[Trial]:
    """Runs all of them; what remains in memory of a trial is without its events."""
    done: list[Trial] = []
    playing = run_all(scenarios, settings, workers)
    try:
        with display_for(console, len(scenarios)) as display, closing(playing):
            for trial in playing:
                with _uninterrupted():
                    folder.add(trial.trace, trial.result)
                done.append(replace(trial, trace=trial.trace.model_copy(update={"events": ()})))
                display.finished(trial.result)
    except (KeyboardInterrupt, HarnessError) as error:
        folder.give_up()
        if done:
            told = f"Stopped: {len(done)} of {len(scenarios)} trials lie in {folder.draft}"
            console.print(told, soft_wrap=True)
        if isinstance(error, HarnessError):
            raise
        raise typer.Exit(_INTERRUPTED) from None
    return done


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """A block that Ctrl+C ends only when it is done."""
    pressed: list[int] = []
    former = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)
    if pressed:
        raise KeyboardInterrupt


def _manifest(
    scenarios: Sequence[Scenario], settings: Settings, paths: Sequence[str], expression: str | None
) -> Manifest:
    root = scenarios[0].root
    return Manifest(
        harness=__version__,
        python=".".join(platform.python_version_tuple()[:2]),
        packages={name: found for name in _SHAPING if (found := _version(name))},
        record_mode=settings.record_mode.value,
        seed=settings.seed,
        scenarios=tuple(scenario.id for scenario in scenarios),
        selection={"paths": [_inside(root, path) for path in paths], "expression": expression},
    )


def _inside(root: Path, path: str) -> str:
    """The path from the project's root, wherever the command was given."""
    absolute = Path(path).resolve()
    return absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else path


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _reported(folder: RunFolder) -> str:
    """Writes the report, and names it; else says why there is none."""
    file = folder.place / REPORT
    try:
        reporter_named("html")(folder.place, file)
    except UsageError as error:
        return f"{error}\nThe run lies in {folder.place}"
    return str(file)


def _exit_code(trials: Sequence[Trial]) -> int:
    outcomes = {trial.result.outcome for trial in trials}
    return next((code for of, code in _EXIT_CODES.items() if of in outcomes), 0)
