"""`harness init`: a small project whose tests pass at once, without a network."""

import re
import shlex
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template
from typing import Annotated

import typer

from harness.errors import UsageError, explained

_SUFFIX = ".template"


def init(
    name: Annotated[Path, typer.Argument(help="The folder to make; its name is the project's.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace files that are there already.")
    ] = False,
) -> None:
    """Make a small project: an agent, a scenario and a test.

    It passes at once: no key and no network is needed.

    Exit codes: 0 made, 2 usage.
    """
    texts = dict(_rendered(files("harness") / "templates", name.resolve().name))
    if not force:
        _refuse_to_replace(name, texts)
    for file, text in texts.items():
        _write(name / file, text)
    typer.echo(f"Made {len(texts)} files in {name}. Go on with:")
    if name.resolve() != Path.cwd():
        typer.echo(f"  cd {shlex.quote(str(name))}")
    typer.echo("  pytest\n  harness run scenarios")


def _rendered(folder: Traversable, folder_name: str, inside: str = "") -> Iterator[tuple[str, str]]:
    """The project's files by their paths; the templates are texts, and nothing in them is run."""
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.is_dir():
            yield from _rendered(entry, folder_name, f"{inside}{entry.name}/")
        elif entry.name.endswith(_SUFFIX):
            text = Template(entry.read_text(encoding="utf-8"))
            written = text.substitute(title=folder_name, project=_project_name(folder_name))
            yield inside + entry.name.removesuffix(_SUFFIX), written


def _project_name(folder_name: str) -> str:
    """A name that a Python project may have.

    >>> _project_name("My demo (2)")
    'My-demo-2'
    """
    return re.sub(r"[^A-Za-z0-9._-]+", "-", folder_name).strip("._-") or "agents"


def _refuse_to_replace(folder: Path, texts: Mapping[str, str]) -> None:
    command = f"harness init {shlex.quote(str(folder))} --force"
    there = [file for file in texts if (folder / file).exists()]
    if there:
        raise UsageError(
            explained(
                f"{folder} has files that would be replaced; nothing was written.",
                files="\n".join(there),
                fix=f"choose another name, or replace them: {command}",
            )
        )


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{file}: can't be written: {error.strerror}.") from error
