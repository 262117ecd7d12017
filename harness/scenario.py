"""@scenario and the record it makes; importing this costs nothing but the standard library."""

import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.expectations import Demand

STORIES = "scenarios"
"""The folder that stories live in; what mirrors it is named by the path below it."""

_NAME = re.compile(r"[\w.-]+")  # It becomes the name of files.


@dataclass(frozen=True)
class Scenario:
    """What is asked, of whom, and what must be true afterwards."""

    name: str
    """What it is called on the command line; the function's name if not given."""

    file: Path
    """The story's file, absolute."""

    line: int
    """Where the function stands in it."""

    root: Path
    """The project that the story belongs to."""

    function: Callable[[Any], Any]
    """Builds the subject, or does the whole story itself; it is given a `harness.run.Run`."""

    title: str
    description: str = ""
    task: Any = None
    """What the subject is asked: text, a chat message, or several of them."""

    expect: tuple["Demand", ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The same on every machine: `scenarios/guide/two_agent_chat.py::hello_world`."""
        return f"{self._place.as_posix()}::{self.name}"

    @property
    def cassette(self) -> Path:
        """Where its recorded interactions are: a folder `cassettes` beside that of the stories."""
        *folders, story = self._place.with_suffix("").parts
        at = folders.index(STORIES) if STORIES in folders else len(folders)
        mirrored = (*folders[:at], "cassettes", *folders[at + 1 :], story, f"{self.name}.yaml")
        return self.root.joinpath(*mirrored)

    @property
    def script(self) -> Path:
        """Where the replies for a recording without a live model are, if they are anywhere."""
        return self.file.with_suffix(".script.yaml")

    @property
    def trace(self) -> str:
        """The trace's file, relative to a run folder."""
        *folders, story = self._place.with_suffix("").parts
        if STORIES in folders:
            folders.remove(STORIES)
        return "/".join(("traces", *folders, story, f"{self.name}.jsonl"))

    @property
    def _place(self) -> Path:
        return self.file.relative_to(self.root)


def scenario(
    *,
    task: Any = None,
    expect: Iterable["Demand"] = (),
    tags: Iterable[str] = (),
    name: str | None = None,
) -> Callable[[Callable[[Any], Any]], Scenario]:
    """Makes a function that builds an agent or a team into a scenario.

    The function gets a `harness.run.Run` and returns what shall be run with the task: anything that
    has `run_stream`. It may also be async, do the story itself, and return messages or text, or
    yield the messages as they come. The first line of its docstring is the title.

    Args:
        task: What the subject is asked: text, a chat message, or a list of them.
        expect: What must be true of the trace: expectations, or plain functions of a trace.
        tags: Words to pick it by.
        name: What it is called; the function's name if not given.
    """

    def make(function: Callable[[Any], Any]) -> Scenario:
        title, _, description = (inspect.getdoc(function) or "").partition("\n")
        called = name or function.__name__
        if not _NAME.fullmatch(called):
            raise UsageError(f"{called!r} can't name a scenario: use letters, digits, and _ . -")
        code = inspect.unwrap(function).__code__
        file = Path(code.co_filename).resolve()
        return Scenario(
            name=called,
            file=file,
            line=code.co_firstlineno,
            root=project_of(file),
            function=function,
            title=title or called.replace("_", " "),
            description=_unwrapped(description.strip()),
            task=task,
            expect=tuple(expect),
            tags=tuple(tags),
        )

    return make


def _unwrapped(text: str) -> str:
    """Paragraphs, each on one line: where the author's editor broke them means nothing."""
    return re.sub(r"(?<=\S)\n(?=\S)", " ", text)


def project_of(file: Path) -> Path:
    """The nearest folder above with a `pyproject.toml` or `.git`, else the one with `scenarios`."""
    for folder in file.parents:
        if (folder / "pyproject.toml").exists() or (folder / ".git").exists():
            return folder
    return next((each.parent for each in file.parents if each.name == STORIES), file.parent)
