"""Where scenarios are found, and which of them an expression picks."""

import importlib.util
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

from harness.errors import NoScenarios, UnloadableScenarios, UsageError
from harness.scenario import STORIES, Scenario, project_of


def discover(paths: Sequence[Path]) -> list[Scenario]:
    """The scenarios of files and folders: path by path, file by file, in the order written.

    `file.py::name` is one scenario of a file. Files whose name begins with `_` are for the others
    to import.

    Raises:
        UsageError: A path does not exist.
        UnloadableScenarios: A file can't be imported.
        NoScenarios: There is none.
    """
    found: dict[str, Scenario] = {}
    for path in paths:
        file, _, name = str(path).partition("::")
        for each in _in(Path(file)):
            if name in ("", each.name):
                found.setdefault(each.id, each)
    if not found:
        raise NoScenarios(", ".join(map(str, paths)))
    return list(found.values())


def load(file: Path) -> list[Scenario]:
    """The scenarios that a file defines, in the order written.

    Raises:
        UnloadableScenarios: Importing the file raised something, or two have the same name.
    """
    file = file.resolve()
    found: dict[str, Scenario] = {}
    for value in vars(_imported(file)).values():
        # What a story imports from another one belongs to that one.
        is_own = isinstance(value, Scenario) and value.file == file
        if is_own and found.setdefault(value.name, value) is not value:
            raise UnloadableScenarios(file, f"two scenarios are named {value.name!r}")
    return sorted(found.values(), key=lambda each: each.line)


def _in(path: Path) -> Iterator[Scenario]:
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder.")
    for file in [path] if path.is_file() else _stories(path):
        yield from load(file)


def _stories(folder: Path) -> list[Path]:
    return sorted(
        (
            file
            for file in folder.rglob("*.py")
            if not file.name.startswith("_")
            and not any(part.startswith(".") for part in file.relative_to(folder).parts)
        ),
        key=lambda file: file.relative_to(folder).parts,
    )


def _imported(file: Path) -> ModuleType:
    """The file as a module, named by its place in the project: `scenarios.guide.chat`."""
    root = project_of(file)
    parts = file.relative_to(root).with_suffix("").parts
    name = ".".join(parts)
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    if parts[0] == STORIES:
        _make_way(root / STORIES)
    known = sys.modules.get(name)
    if known is not None and known.__file__ == str(file):
        return known
    try:
        return _executed(name, file)
    except (Exception, SystemExit) as error:
        why = f"{type(error).__name__}: {error}"
        raise UnloadableScenarios(file, why, line=_line_in(file, error)) from error


def _make_way(folder: Path) -> None:
    """Lets `from scenarios.guide._tools import search` mean this folder, and no other project's.

    Another `scenarios` may stand earlier on the path, or have been imported.
    """
    known = sys.modules.get(STORIES)
    if known is not None and str(folder) in known.__path__:
        return
    for name in [name for name in sys.modules if name.split(".")[0] == STORIES]:
        del sys.modules[name]
    if (folder / "__init__.py").exists():
        _executed(STORIES, folder / "__init__.py", str(folder))
    else:
        package = sys.modules[STORIES] = ModuleType(STORIES)
        package.__path__ = [str(folder)]


def _executed(name: str, file: Path, *subfolder: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        name, file, submodule_search_locations=list(subfolder) or None
    )
    if spec is None or spec.loader is None:
        raise ImportError("it is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _line_in(file: Path, error: BaseException) -> int | None:
    """The innermost line of the file that was reached."""
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    return next((each.lineno for each in reversed(frames) if each.filename == str(file)), None)
