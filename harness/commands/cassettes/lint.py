"""`harness cassettes lint`: secrets in files that are there already."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from harness.commands.cassettes._output import (
    FOUND,
    AsJson,
    console,
    counted,
    tame,
    tell,
    told,
)
from harness.linting import findings
from harness.redaction import secrets_among
from harness.upkeep import files_in


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret in a file."""

    file: str
    line: int
    """From 1."""

    place: str
    """`interaction 3, response headers`; empty for what only the file's text shows."""

    kind: str
    name: str
    """A header's name, `api-key`, or the name by which it is known."""

    shown: str
    """So much of it that its owner knows it."""


@dataclass(frozen=True, slots=True)
class Linting:
    """What `harness cassettes lint` tells."""

    files: int
    secrets: tuple[Secret, ...]


def lint_cassettes(
    paths: Annotated[list[Path], typer.Argument(help="Files, and folders of them.")],
    as_json: AsJson = False,
) -> None:
    """Search files for secrets. Cassettes of any recorder, and whatever else is text.

    The values of this process's own secrets are searched for too. Nothing is sent anywhere, and no
    secret is printed. Made for pre-commit (docs/secrets.md).

    Exit codes: 0 nothing found, 1 a secret was found, 2 usage.
    """
    known = secrets_among(os.environ)
    files = files_in(paths)
    secrets = tuple(
        Secret(file.as_posix(), each.line, each.place, each.kind, each.name, each.shown)
        for file in told(files, "Searching")
        for each in findings(file, known)
    )
    linting = Linting(len(files), secrets)
    tell("cassettes lint", linting, as_json, _show)
    if secrets:
        raise typer.Exit(FOUND)


def _show(linting: Linting) -> None:
    out = console()
    for each in linting.secrets:
        where = f" in {each.place}" if each.place else ""
        line = f"{each.file}:{each.line}: {each.name}{where} ({each.kind}): {each.shown}"
        out.print(Text(tame(line)))
    found = counted(len(linting.secrets), "secret")
    out.print(f"{found} in {counted(linting.files, 'file')}.")
