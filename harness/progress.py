"""What is shown of a run while it runs: a live line on a terminal, plain lines elsewhere."""

import os
from decimal import Decimal
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.text import Text

from harness.prices import dollars
from harness.result import Outcome, TrialResult
from harness.summary import counted, outcome


class Display(Protocol):
    """Shows how far a run is; used as a block around it."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def finished(self, result: TrialResult) -> None:
        """A trial is over."""
        ...


def display_for(console: Console, total: int) -> Display:
    """A live line where a person watches, and a line a trial where a log is written.

    Args:
        console: Where it goes.
        total: How many trials there will be.
    """
    if console.is_terminal and not os.environ.get("CI"):
        return LiveDisplay(console, total)
    return PlainDisplay(console, total)


class PlainDisplay:
    """A line for each trial."""

    def __init__(self, console: Console, total: int) -> None:
        self._console = console
        self._total = total
        self._done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def finished(self, result: TrialResult) -> None:
        """Prints the line."""
        self._done += 1
        place = f"[{self._done}/{self._total}]"
        line = Text.assemble(f"{place:>9} ", outcome(result.outcome), f"  {result.scenario}")
        self._console.print(line, soft_wrap=True)


class LiveDisplay:
    """One line that is drawn anew: how many are done, how they went, what they cost."""

    def __init__(self, console: Console, total: int) -> None:
        self._outcomes: list[Outcome] = []
        self._spent = self._saved = Decimal(0)
        self._progress = Progress(
            SpinnerColumn(),
            BarColumn(bar_width=12),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
            console=console,
            transient=True,
            # What scenarios print is kept with their trial.
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._progress.add_task("", total=total)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def finished(self, result: TrialResult) -> None:
        """Counts it."""
        self._outcomes.append(result.outcome)
        self._spent += result.totals.usd_spent
        self._saved += result.totals.usd - result.totals.usd_spent
        costs = f"{dollars(self._spent)} spent" if self._spent else f"{dollars(self._saved)} saved"
        told = f"{counted(self._outcomes).markup} · {costs}"
        self._progress.update(self._task, advance=1, description=told)
