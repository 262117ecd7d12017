"""Rules of the house that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("agentchat", "harness", "reports")
SOURCES = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))


def named(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def public_definitions(
    node: ast.AST,
) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    kinds = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    for child in ast.iter_child_nodes(node):
        if isinstance(child, kinds) and not child.name.startswith("_") and not is_overload(child):
            yield child


def is_overload(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(isinstance(each, ast.Name) and each.id == "overload" for each in node.decorator_list)


@pytest.mark.parametrize("file", SOURCES, ids=named)
def test_a_file_can_be_read_in_one_sitting(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("file", SOURCES, ids=named)
def test_a_module_and_its_public_names_say_what_they_are(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))

    silent = [node.name for node in public_definitions(tree) if not ast.get_docstring(node)]

    assert ast.get_docstring(tree), "the module has no docstring"
    assert silent == []


@pytest.mark.parametrize("file", SOURCES, ids=named)
def test_the_world_is_the_only_door_to_time_and_chance(file: Path) -> None:
    if named(file) == "agentchat/core/_world.py":
        return
    source = file.read_text(encoding="utf-8")

    found = re.findall(
        r"\b(?:uuid4\(|time\.time\(|time\.monotonic\(|datetime\.now\(|as_completed\()", source
    )

    assert found == []


def test_no_folder_lies_deeper_than_three_floors() -> None:
    deep = [named(file) for file in SOURCES if len(file.relative_to(ROOT).parts) > 5]

    assert deep == []


def test_nothing_is_mocked() -> None:
    tests = (ROOT / "tests").rglob("*.py")

    mocking = [
        named(file)
        for file in tests
        if re.search(r"^\s*(?:from|import) unittest", file.read_text(encoding="utf-8"), re.M)
    ]

    assert mocking == []
