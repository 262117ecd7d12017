"""Whether anything in a project still asks for a cassette: told by its text alone."""

import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from harness.scenario import STORIES
from harness.upkeep._places import ROOT, place_of, story_of

_NOT_LOOKED_INTO = frozenset({"node_modules", "site-packages", "build", "dist", "__pycache__"})


class Owners:
    """The Python files of a project, asked for who uses which cassette.

    Args:
        project: The project's folder.
    """

    def __init__(self, project: Path) -> None:
        self._project = project
        self._words: dict[Path, frozenset[str]] = {}

    @cached_property
    def files(self) -> list[Path]:
        """The Python files, sorted; without hidden folders and installed packages."""
        return sorted(_python_files(self._project))

    def has_owner(self, cassette: Path) -> bool:
        """Whether a story or test that the cassette mirrors has it, or any file names it.

        `cassettes/a/test_b/c[1].yaml` mirrors `a/test_b.py`, which must have a `c`. Where there is
        no such file, the text `test_b/c` must stand somewhere.
        """
        place = place_of(cassette)
        # A test is called by its function; before that may stand its class, behind it its case.
        name = place.stem.partition("[")[0]
        names = {name, name.rpartition(".")[2]}
        story, folder = story_of(cassette), place.parent.name
        mirrored = [story] if story else [each for each in self.files if each.stem == folder]
        if any(not names.isdisjoint(self._words_of(each)) for each in mirrored):
            return True
        named = place.with_suffix("").as_posix()
        return any(named in self._words_of(each) for each in self.files)

    def stories_with(self, scenario: str) -> list[Path]:
        """Where the cassettes would be of the scenarios of a name, in whichever story."""
        stories = self._project / STORIES
        return [
            self._project / ROOT / file.relative_to(stories).with_suffix("") / f"{scenario}.yaml"
            for file in self.files
            if file.is_relative_to(stories) and scenario in self._words_of(file)
        ]

    def _words_of(self, file: Path) -> frozenset[str]:
        if file not in self._words:
            self._words[file] = frozenset(_words(file))
        return self._words[file]


def _python_files(folder: Path) -> Iterable[Path]:
    for path in folder.iterdir():
        if path.name.startswith(".") or path.name in _NOT_LOOKED_INTO:
            continue
        if path.is_dir():
            # A virtual environment, whatever it is called.
            if not (path / "pyvenv.cfg").exists() and not path.is_symlink():
                yield from _python_files(path)
        elif path.suffix == ".py":
            yield path


def _words(file: Path) -> Iterable[str]:
    """The names in a file, and its paths, without the suffix and what comes before `cassettes`."""
    text = file.read_text(encoding="utf-8", errors="replace")
    yield from re.findall(r"\w+", text)
    for path in re.findall(r"[\w./\[\]-]+", text):
        yield path.rpartition(f"{ROOT}/")[2].removesuffix(".yaml")
