"""Whether anything in a project still asks for a cassette: told by its text, and by pytest."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from harness.errors import UnreadableRun
from harness.scenario import STORIES
from harness.upkeep._places import PACKAGE, ROOT, is_of_tests, place_of, story_of, test_file_of
from harness.upkeep._playbacks import left_by_pytest, read_playbacks

_NOT_LOOKED_INTO = frozenset({"node_modules", "site-packages", "build", "dist", "__pycache__"})
_QUOTED = re.compile(r""""([^"\n]+)"|'([^'\n]+)'""")


class Owners:
    """The Python files of a project, asked for who uses which cassette.

    Args:
        project: The project's folder.
    """

    def __init__(self, project: Path) -> None:
        self.project = project
        self._words: dict[Path, frozenset[str]] = {}

    @cached_property
    def files(self) -> list[Path]:
        """The Python files, sorted; without hidden folders and installed packages."""
        return sorted(_python_files(self.project))

    def has_owner(self, cassette: Path) -> bool:
        """Whether anything is seen that asks for the cassette.

        A story or test that it mirrors has it: `cassettes/a/test_b/c[1].yaml` mirrors `a/test_b.py`
        (or any `test_b.py`, if no test was seen to look for it elsewhere), which must have a `c`;
        `cassettes/a/test_b.yaml` is that of all tests there, and `cassettes/a/__init__.yaml` that
        of all below `a`. Or any file has the text `test_b/c`. Or pytest played it the last time.
        """
        place = place_of(cassette)
        names = _names(place)
        if any(not names.isdisjoint(self._words_of(each)) for each in self._mirrored_by(cassette)):
            return True
        name = place.with_suffix("").as_posix()
        whole = self.project / name
        is_shared = (
            whole.is_dir()
            or whole.with_name(f"{whole.name}.py").is_file()
            or (whole.name == PACKAGE and whole.parent.is_dir())
        )
        return is_shared or name in self._all_words or cassette.resolve() in self._played

    def is_orphan(self, cassette: Path) -> bool:
        """Whether nothing asks for the cassette, for certain: the test it mirrors is gone.

        Or its whole file is gone, and no program so much as says the name of it. Of any other one
        a program may put the name together while it runs. So it is with a test whose class is
        there, which may inherit it, and with a name that was too long for a file.
        """
        place = place_of(cassette)
        if "~" in place.stem or self.has_owner(cassette):
            return False
        file = story_of(cassette) or test_file_of(cassette)
        if file is None:
            gone = {name for name in (place.stem, place.parent.name) if is_of_tests(name)}
            return bool(gone) and gone.isdisjoint(self._all_words)
        classes = place.stem.partition("[")[0].split(".")[:-1]
        return self._words_of(file).isdisjoint(classes)

    def stories_with(self, scenario: str) -> list[Path]:
        """Where the cassettes would be of the scenarios of a name, in whichever story."""
        stories = self.project / STORIES
        return [
            self.project / ROOT / file.relative_to(stories).with_suffix("") / f"{scenario}.yaml"
            for file in self.files
            if file.is_relative_to(stories) and scenario in self._words_of(file)
        ]

    def sought_like(self, cassette: Path) -> list[Path]:
        """Where pytest looked in vain, the last time, for what this cassette may have been.

        It has the same name elsewhere, or is of the same case in the same folder: a test was moved,
        or renamed.
        """
        lost = cassette.resolve()
        return [
            each
            for each in self._missing
            if each.name == lost.name or (each.parent == lost.parent and _case(each) == _case(lost))
        ]

    def _mirrored_by(self, cassette: Path) -> list[Path]:
        """The file that a cassette mirrors, or those that it may mirror."""
        file = story_of(cassette) or test_file_of(cassette)
        if file is not None:
            return [file]
        if self.sought_like(cassette):
            return []
        name = place_of(cassette).parent.name
        return [each for each in self.files if each.stem == name]

    @cached_property
    def _all_words(self) -> frozenset[str]:
        return frozenset().union(*map(self._words_of, self.files))

    @cached_property
    def _played(self) -> frozenset[Path]:
        evidence = left_by_pytest(self.project)
        try:
            playbacks = () if evidence is None else read_playbacks(evidence)
        except UnreadableRun:
            return frozenset()
        return frozenset((self.project / each.cassette).resolve() for each in playbacks)

    @cached_property
    def _missing(self) -> list[Path]:
        return sorted(each for each in self._played if not each.exists())

    def _words_of(self, file: Path) -> frozenset[str]:
        if file not in self._words:
            self._words[file] = frozenset(_words(file))
        return self._words[file]


def _names(place: Path) -> set[str]:
    """What a test may be called: by its function; before that may stand its class, behind it its
    case.
    """
    name = place.stem.partition("[")[0]
    return {name, name.rpartition(".")[2]}


def _case(place: Path) -> str:
    return place.stem.partition("[")[2]


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


def _words(file: Path) -> Iterator[str]:
    """The names in a file, its texts, and its paths; without the suffix and what comes before
    `cassettes`.
    """
    text = file.read_text(encoding="utf-8", errors="replace")
    yield from re.findall(r"\w+", text)
    quoted = (double or single for double, single in _QUOTED.findall(text))
    for path in (*re.findall(r"[\w./\[\]-]+", text), *quoted):
        yield path.rpartition(f"{ROOT}/")[2].removesuffix(".yaml")
