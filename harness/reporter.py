"""What turns a run folder into something to look at, and how it is found."""

from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol, cast

from harness.errors import UsageError, explained

GROUP = "harness.reporters"
"""The entry points that reporters are registered under."""


class Reporter(Protocol):
    """Writes a report."""

    def __call__(self, run_folder: Path, path: Path, /) -> None:
        """Writes the report of a run.

        Args:
            run_folder: What the run left.
            path: The file to write.

        Raises:
            UnreadableRun: The folder is no run folder, or is damaged.
        """
        ...


def reporter_named(name: str) -> Reporter:
    """The reporter that an installed package registers under this name.

    Raises:
        UsageError: There is none.
    """
    registered = {entry.name: entry for entry in entry_points(group=GROUP)}
    if name not in registered:
        raise UsageError(
            explained(
                f"No installed package registers a reporter {name!r}.",
                known=", ".join(sorted(registered)) or "none",
                fix="pip install agentchat-harness",
            )
        )
    return cast(Reporter, registered[name].load())
