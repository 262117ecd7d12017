"""The same programs under AutoGen and here: what they see is the same, but for a written list."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from importlib import import_module
from typing import Any

import pytest

from tests.compat.parity.differences import DIFFERENCES
from tests.compat.parity.record import EXPECTED, MODULES, PROGRAMS

ABSENT = "nothing"


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each innermost value with the path that leads to it; an empty list or dict is one."""
    children: Any = {}
    if isinstance(value, dict | list):
        children = value.items() if isinstance(value, dict) else enumerate(value)
    if not children or not value:
        yield path, value
        return
    for key, child in children:
        yield from leaves(child, f"{path}/{key}" if path else str(key))


def differing(expected: Any, seen: Any) -> dict[str, tuple[Any, Any]]:
    """What was expected and what was seen, at each path where they are not the same."""
    theirs, ours = dict(leaves(expected)), dict(leaves(seen))
    pairs = {path: (theirs.get(path, ABSENT), ours.get(path, ABSENT)) for path in theirs | ours}
    return {path: pair for path, pair in pairs.items() if pair[0] != pair[1]}


def unintended(found: dict[str, tuple[Any, Any]]) -> dict[str, tuple[Any, Any]]:
    """What differs without being in the written list."""
    patterns = [path for each in DIFFERENCES for path in each.paths]
    return {
        path: pair
        for path, pair in found.items()
        if not any(fnmatchcase(path, pattern) for pattern in patterns)
    }


@pytest.mark.parametrize("program", PROGRAMS)
async def test_a_program_sees_what_it_sees_under_autogen(
    program: str, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = json.loads((EXPECTED / f"{program}.json").read_text(encoding="utf-8"))
    intended = [
        path for each in DIFFERENCES for path in each.paths if path.startswith(f"{program}/")
    ]

    await import_module(f"{MODULES}.{program}").main()

    found = differing({program: expected}, {program: json.loads(capsys.readouterr().out)})
    outdated = [
        pattern for pattern in intended if not any(fnmatchcase(path, pattern) for path in found)
    ]
    assert (unintended(found), outdated) == ({}, [])


def test_every_program_was_recorded() -> None:
    assert sorted(file.stem for file in EXPECTED.glob("*.json")) == PROGRAMS
