"""The pages on matching and secrets: their programs run, their tables say what is so."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness import matching, redaction

DOCS = Path(__file__).parents[2] / "docs"
PARSERS: dict[str, tuple[Any, Callable[[str], object]]] = {
    "matching.md": (matching, matching.parse_key_part),
    "secrets.md": (redaction, redaction.parse_rule),
}
ROW = re.compile(r"^\| `([A-Za-z_]+\(.*?\))` \| `(.*?)` \|", re.MULTILINE)


def text_of(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PARSERS)
def test_the_programs_run(page: str) -> None:
    for program in re.findall(r"```python\n(.*?)```", text_of(page), re.DOTALL):
        exec(compile(program, page, "exec"), {})


@pytest.mark.parametrize("page", PARSERS)
def test_python_and_text_declare_the_same(page: str) -> None:
    room, parse = PARSERS[page]
    rows = ROW.findall(text_of(page))

    assert len(rows) >= 4
    for python, text in rows:
        assert parse(text) == eval(python, vars(room)), text


def test_every_ready_made_part_is_told() -> None:
    names = re.findall(r"^\| `([a-z-]+)` \| (?!yes|no)", text_of("matching.md"), re.MULTILINE)

    assert len(names) == 8
    assert [matching.ready_made(name) is not None for name in names] == [True] * 8
