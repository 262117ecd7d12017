"""Runs that came to no end, or can't be read."""

from pathlib import Path

from harness.errors._base import HarnessError, explained, place


class UnreadableRun(HarnessError):
    """A run folder, or a file in it, that can't be read.

    Args:
        path: The file or folder.
        why: What is wrong with it, in a few words.
        line: Where, from 1.
    """

    def __init__(self, path: Path, why: str, *, line: int | None = None) -> None:
        self.path, self.why, self.line = path, why, line
        super().__init__(f"{place(path, line)}: {why}")


class WorkerDied(HarnessError):
    """A process that ran trials was killed, or ended itself.

    Args:
        scenario: The id of the trial that was waited for; another one may be to blame.
    """

    def __init__(self, scenario: str) -> None:
        self.scenario = scenario
        super().__init__(
            explained(
                "A worker process ended without an answer.",
                waiting=scenario,
                fix="run with one worker to see which scenario ends the process",
            )
        )
