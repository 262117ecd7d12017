"""Where cassettes lie: files, folders, the project, and the stories they belong to."""

import shlex
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path

from harness.cassette_names import is_named_as_cassette
from harness.errors import UsageError, explained
from harness.scenario import STORIES, project_of

ROOT = "cassettes"
PACKAGE = "__init__"
"""The name of the cassette that all tests of a folder share."""


def cassettes_in(paths: Sequence[Path]) -> list[Path]:
    """The files among the paths, and those below its folders that may be cassettes, each once.

    Raises:
        UsageError: A path does not exist; with the nearest that does.
    """
    found = files_in(paths, hidden=False)
    return [path for path in found if path in paths or is_named_as_cassette(path.name)]


def files_in(paths: Iterable[Path], *, hidden: bool = True) -> list[Path]:
    """All files among the paths and below them, each once, sorted within a folder.

    Args:
        paths: Files and folders.
        hidden: Whether those count whose name begins with a dot.

    Raises:
        UsageError: A path does not exist, with the nearest that does; or nothing can be in it.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            below = sorted(path.rglob("*"))
            found.update(dict.fromkeys(each for each in below if _counts(each, path, hidden)))
        elif path.is_file():
            found[path] = None
        elif path.exists():
            raise UsageError(f"{path} is a pipe or a device: name a file or a folder.")
        else:
            raise missing(path)
    return list(found)


def named(path: Path) -> str:
    """The path from the working directory, if it lies below; else the whole of it."""
    absolute, here = path.resolve(), Path.cwd().resolve()
    return (absolute.relative_to(here) if absolute.is_relative_to(here) else absolute).as_posix()


def quoted(path: Path) -> str:
    """The path as a shell takes it."""
    return shlex.quote(path.as_posix())


def doctor_command(path: Path) -> str:
    """What says more of what is wrong with a file."""
    return f"harness cassettes doctor {quoted(path)}"


def rename_command(old: Path, new: Path) -> str:
    """What gives a cassette another name."""
    return f"harness cassettes rename {quoted(old)} {quoted(new)} --write"


def missing(path: Path) -> UsageError:
    """The error for a path that does not exist."""
    beside = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
    near = get_close_matches(path.name, beside, n=1)
    hint = f" Did you mean {path.with_name(near[0])}?" if near else ""
    if path == Path(ROOT):
        return UsageError(
            explained(
                f"There is no folder {ROOT!r} here.{hint}",
                fix="name a file or a folder, or go to the project's folder",
            )
        )
    return UsageError(f"There is no {path}.{hint}")


def check_file(path: Path) -> None:
    """Refuses what is no file.

    Raises:
        UsageError: There is none, or it is a folder.
    """
    if not path.exists():
        raise missing(path)
    if path.is_dir():
        fix = f"name one of its cassettes: harness cassettes list {quoted(path)}"
        raise UsageError(explained(f"{path} is a folder.", fix=fix))


def project_around(path: Path) -> Path:
    """The project that a file belongs to."""
    absolute = path.resolve()
    # A folder may be the project itself.
    return project_of(absolute / ROOT if absolute.is_dir() else absolute)


def place_of(cassette: Path) -> Path:
    """The path from the cassettes' folder on; from the project on for one that lies elsewhere."""
    parts = cassette.resolve().relative_to(project_around(cassette)).parts
    below = parts[parts.index(ROOT) + 1 :] if ROOT in parts[:-1] else parts
    return Path(*below)


def story_of(cassette: Path) -> Path | None:
    """The file of scenarios that a cassette mirrors; None when there is none."""
    absolute, root = cassette.resolve(), project_around(cassette)
    parts = absolute.relative_to(root).parts
    if ROOT not in parts[:-2]:
        return None
    at = parts.index(ROOT)
    story = root.joinpath(*parts[:at], STORIES, *parts[at + 1 : -1]).with_suffix(".py")
    return story if story.is_file() else None


def test_file_of(cassette: Path) -> Path | None:
    """The file of tests that a cassette mirrors; None when there is none.

    `cassettes/tests/test_a/test_b.yaml` and `tests/cassettes/test_a/test_b.yaml` mirror
    `tests/test_a.py`.
    """
    parts = cassette.resolve().parts
    if ROOT not in parts[:-2]:
        return None
    at = len(parts) - 1 - parts[::-1].index(ROOT)
    file = Path(*parts[:at], *parts[at + 1 : -2], f"{parts[-2]}.py")
    return file if is_of_tests(file.stem) and file.is_file() else None


def is_of_tests(name: str) -> bool:
    """Whether pytest takes a file of this name, without its suffix, for one of tests."""
    return name.startswith("test_") or name.endswith("_test")


def scenario_of(cassette: Path) -> str | None:
    """The id of the scenario that a cassette mirrors: `scenarios/guide/chat.py::hello`.

    Whether the story has it, is not looked at; None when there is no story.
    """
    story = story_of(cassette)
    if story is None:
        return None
    return f"{story.relative_to(project_around(cassette)).as_posix()}::{cassette.stem}"


def command_for(cassette: Path, mode: str = "rewrite", tests: Sequence[str] = ()) -> str:
    """What records a cassette: a command, or else the line of the program that uses it.

    Args:
        cassette: The file.
        mode: The record mode.
        tests: Who is to record, as pytest names them; by default the test that the file mirrors.
    """
    scenario = scenario_of(cassette)
    if scenario is not None:
        return f"harness run {scenario} --record-mode {mode}"
    asked = tests or _mirrored_tests(cassette)
    if asked:
        return f"pytest {' '.join(map(shlex.quote, asked))} --record-mode {mode}"
    return f'harness.cassette("{_name_of(cassette)}", record_mode="{mode}")'


def _mirrored_tests(cassette: Path) -> list[str]:
    """The test, or file of tests, whose cassette it is by its place; nothing when there is none."""
    place, project = place_of(cassette), project_around(cassette)
    if place.stem == PACKAGE:
        return [place.parent.as_posix()] if (project / place.parent).is_dir() else []
    whole = place.with_suffix(".py")
    if (project / whole).is_file():
        return [whole.as_posix()]
    file = place.parent.with_name(f"{place.parent.name}.py") if place.parent.name else whole
    if not (project / file).is_file():
        return []
    # A case is left out: its name in the file is not always the one that pytest knows.
    test = place.stem.partition("[")[0].replace(".", "::")
    return [f"{file.as_posix()}::{test}"]


def _name_of(cassette: Path) -> str:
    place = place_of(cassette)
    lies_there = (project_around(cassette) / ROOT / place).exists()
    return place.with_suffix("").as_posix() if lies_there else cassette.as_posix()


def _counts(path: Path, folder: Path, hidden: bool) -> bool:
    if not path.is_file():
        return False
    return hidden or not any(part.startswith(".") for part in path.relative_to(folder).parts)
