"""The Python in files, folders and notebooks, parsed and never run."""

import ast
import io
import json
import os
import re
import tokenize
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from harness.errors import UsageError
from harness.migration._findings import Unread

_PYTHON = (".py", ".pyi", ".pyw")
_NOTEBOOK = ".ipynb"
_NOT_THE_PROJECTS_OWN = ("node_modules", "site-packages", "__pycache__")

# As the parser counts lines: `str.splitlines` knows more ends than it.
_LINE_END = re.compile(r"\r\n|\r|\n")

# What IPython adds to Python: commands, questions, and cells of another language.
_COMMAND = re.compile(r"^(\s*)(?:[%!?].*|[\w.]+\?{1,2}\s*)$")
_ASSIGNED_COMMAND = re.compile(r"^(\s*[\w, ]+=\s*)[%!].*$")
_PYTHON_CELLS = re.compile(r"%%(?:time|timeit|capture|prun|py(?:thon3?)?)\b.*")


class Piece(NamedTuple):
    """A stretch of Python: a file, or a cell of a notebook."""

    cell: int
    """From 1; 0 in a file that is no notebook."""

    lines: Sequence[str]
    tree: ast.Module


class Source(NamedTuple):
    """A file whose pieces share their names."""

    file: str
    pieces: Sequence[Piece]

    @property
    def is_script(self) -> bool:
        """Whether Python can run it; a notebook it can't."""
        return not any(piece.cell for piece in self.pieces)


class NotParsed(Exception):
    """A text that is not Python 3.

    Args:
        where: Line and column, or empty.
        why: What the parser says.
    """

    def __init__(self, where: str, why: str) -> None:
        self.where, self.why = where, why
        super().__init__(f"{where}: {why}")


def read(paths: Iterable[Path]) -> Iterator[Source | Unread]:
    """Everything in files and folders: what could be parsed, and what could not, and why.

    Hidden folders, installed packages and virtual environments are left out.

    Raises:
        UsageError: A path does not exist.
    """
    closed: list[OSError] = []
    # A file that is named twice is read once.
    for file in dict.fromkeys(file for path in paths for file in _files(path, closed.append)):
        name = file.as_posix()
        try:
            if not _is_python(file):
                yield Unread(name, "not Python", is_python=False)
                continue
            texts = list(_texts(file))
        except (OSError, ValueError, SyntaxError, RecursionError) as error:
            yield Unread(name, f"can't be read: {_reason(error)}", is_python=True)
            continue
        yield from _parsed(name, texts)
    for each in closed:
        yield Unread(str(each.filename), f"can't be read: {_reason(each)}", is_python=True)


def _files(path: Path, cant_be_opened: Callable[[OSError], None]) -> Iterator[Path]:
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder.")
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path, onerror=cant_be_opened):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if _is_own(here / name))
        yield from (here / name for name in sorted(names) if not name.startswith("."))


def _is_python(file: Path) -> bool:
    if file.suffix:
        return file.suffix in (*_PYTHON, _NOTEBOOK)
    with file.open("rb") as opened:
        first = opened.readline(200)
    return first.startswith(b"#!") and b"python" in first


def _is_own(folder: Path) -> bool:
    return (
        not folder.name.startswith(".")
        and folder.name not in _NOT_THE_PROJECTS_OWN
        and not (folder / "pyvenv.cfg").exists()
    )


def _texts(file: Path) -> Iterator[tuple[int, str]]:
    content = file.read_bytes()
    if file.suffix != _NOTEBOOK:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        yield 0, content.decode(encoding)
        return
    notebook = json.loads(content)
    match notebook:
        case {"cells": [*cells]}:
            yield from _code(cells)
        case _:
            raise ValueError("it is no notebook of format 4")


def _code(cells: Iterable[Any]) -> Iterator[tuple[int, str]]:
    for number, cell in enumerate(cells, start=1):
        match cell:
            case {"cell_type": "code", "source": str(source)}:
                yield number, source
            case {"cell_type": "code", "source": [*lines]}:
                yield number, "".join(map(str, lines))


def _without_commands(text: str) -> str:
    """A cell's Python, each line where it was."""
    first, *rest = text.split("\n")
    if first.startswith("%%"):
        return "\n".join(["", *rest]) if _PYTHON_CELLS.match(first) else ""
    return "\n".join(
        _ASSIGNED_COMMAND.sub(r"\1None", _COMMAND.sub(r"\1pass", line)) for line in (first, *rest)
    )


def _parsed(name: str, texts: Sequence[tuple[int, str]]) -> Iterator[Source | Unread]:
    pieces = []
    for cell, text in texts:
        try:
            tree = _cell_tree(text) if cell else _tree(text)
            pieces.append(Piece(cell, _LINE_END.split(text), tree))
        except NotParsed as error:
            where = ":".join(filter(None, (name, f"cell {cell}" if cell else "", error.where)))
            yield Unread(name, f"{where}: {error.why}", is_python=True)
    if pieces or not texts:
        yield Source(name, pieces)


def _cell_tree(text: str) -> ast.Module:
    try:
        return _tree(text)
    except NotParsed:
        # Only now, for what looks like a command may also be the middle of a text.
        return _tree(_without_commands(text))


def _tree(text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            # What the program's author would be warned of is none of ours.
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        where = ":".join(str(part) for part in (error.lineno, error.offset) if part)
        raise NotParsed(where, f"not Python 3: {error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise NotParsed("", f"can't be parsed: {_reason(error)}") from error


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
