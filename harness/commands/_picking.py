"""The scenarios that a command is about."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from harness.discovery import discover
from harness.errors import NoScenarios
from harness.scenario import Scenario
from harness.selection import select

Paths = Annotated[
    list[str] | None,
    typer.Argument(help="Folders, files, or file.py::name; scenarios by default."),
]
Expression = Annotated[
    str | None, typer.Option("-k", help="Only those whose name fits: 'chat and not slow'.")
]


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
