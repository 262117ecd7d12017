"""The scenarios that a command is about."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from harness.discovery import discover
from harness.errors import NoScenarios
from harness.scenario import STORIES, Scenario
from harness.selection import select
from harness.upkeep import left_by_pytest

Paths = Annotated[
    list[str] | None,
    typer.Argument(help="Folders, files, or file.py::name; scenarios by default."),
]
Expression = Annotated[
    str | None, typer.Option("-k", help="Only those whose name fits: 'chat and not slow'.")
]


def found_here() -> tuple[list[str], list[Path]]:
    """The folder of scenarios, and what the last run of pytest has left; each if it is there."""
    left = left_by_pytest(Path.cwd())
    return [STORIES] if Path(STORIES).is_dir() else [], [] if left is None else [left]


def picked(paths: Sequence[str], expression: str | None) -> list[Scenario]:
    """The scenarios at some paths, and of those the ones whose names fit.

    Raises:
        NoScenarios: There are none.
    """
    found = discover([Path(path) for path in paths])
    fitting = select(found, expression) if expression else found
    if not fitting:
        raise NoScenarios(", ".join(paths), expression, len(found))
    return fitting
