"""Where Python files name cassettes, and how they name them after a renaming."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.upkeep._places import ROOT, named


@dataclass(frozen=True, slots=True)
class Reference:
    """A text in a program that names a cassette."""

    file: str
    line: int
    """From 1."""

    old: str
    new: str


_CALLS = frozenset({"cassette", "use_cassette"})
_LISTS = frozenset({"shared"})


def references(file: Path, places: Mapping[Path, Path]) -> list[tuple[Reference, ast.Constant]]:
    """The texts in a file that name a cassette that moves, with the place of each.

    A path with its suffix is known anywhere; a bare name, as in `harness.cassette("hello")`, only
    where a cassette is called for.

    Args:
        file: A Python file; one that is not is left alone.
        places: The new places by the old ones, from the cassettes' folder on.
    """
    names = {name: new for old, moved in places.items() for name, new in _spellings(old, moved)}
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return []
    bare = set(map(id, _called_for(tree)))
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        new = names.get(node.value)
        if new is not None and (node.value.endswith(".yaml") or id(node) in bare):
            found.append((Reference(named(file), node.lineno, node.value, new), node))
    return sorted(found, key=lambda pair: (pair[1].lineno, pair[1].col_offset))


def rewritten(program: bytes, found: list[tuple[Reference, ast.Constant]]) -> bytes:
    """A program with the new names; texts in several parts are left as they are."""
    lines = program.splitlines(keepends=True)
    for reference, node in reversed(found):
        if node.end_lineno != node.lineno or node.end_col_offset is None:
            continue
        line = lines[node.lineno - 1]
        literal = line[node.col_offset : node.end_col_offset]
        changed = literal.replace(reference.old.encode(), reference.new.encode())
        lines[node.lineno - 1] = line[: node.col_offset] + changed + line[node.end_col_offset :]
    return b"".join(lines)


def _spellings(old: Path, new: Path) -> Iterator[tuple[str, str]]:
    before, now = old.as_posix(), new.as_posix()
    yield before, now
    yield f"{ROOT}/{before}", f"{ROOT}/{now}"
    yield old.with_suffix("").as_posix(), new.with_suffix("").as_posix()


def _called_for(tree: ast.AST) -> Iterator[ast.expr]:
    """What stands where a cassette is named: arguments of `cassette(...)`, and its `shared`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or _name(node.func) not in _CALLS:
            continue
        yield from node.args
        for keyword in node.keywords:
            if keyword.arg in _LISTS and isinstance(keyword.value, ast.List | ast.Tuple):
                yield from keyword.value.elts


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
