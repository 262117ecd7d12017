"""The table of v0.2 keeps its promises: what it says to write is here, and works as written."""

import ast
import re
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from harness.migration import examine
from harness.migration._v02 import Advice, table
from harness.migration._v04 import table as table_of_v04

ROOT = Path(__file__).parents[3]
SHARED_GUIDE = ROOT.parent / "shared" / "guide.md"
GUIDE = ROOT / "docs" / "guide.md"
ENTRIES = [*table().entries, table().package]


def section(title: str) -> str:
    """A heading's anchor, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")


def python_blocks(text: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", text, re.S)


def v02_blocks() -> list[str]:
    """The blocks that the text before them says are of v0.2, and that import nothing newer."""
    if not SHARED_GUIDE.exists():
        return []
    parts = re.split(r"```python\n(.*?)```", SHARED_GUIDE.read_text(encoding="utf-8"), flags=re.S)
    before = zip(parts[::2], parts[1::2], strict=False)
    return [
        block
        for text, block in before
        if re.findall(r"v0\.[24]", text)[-1:] == ["v0.2"] and "autogen_" not in block
    ]


def imported(program: str) -> list[Any]:
    modules = [node for node in ast.parse(program).body if isinstance(node, ast.ImportFrom)]
    return [
        getattr(import_module(str(node.module)), alias.name)
        for node in modules
        if node.module and node.module.startswith(("agentchat", "harness"))
        for alias in node.names
    ]


@pytest.mark.parametrize("advice", ENTRIES, ids=lambda advice: advice.what)
def test_what_is_to_be_written_is_supported(advice: Advice, tmp_path: Path) -> None:
    file = tmp_path / "instead.py"
    file.write_text(advice.instead, encoding="utf-8")

    report = examine([file])

    assert [each for each in report.findings if each.verdict == "rewrite"] == []
    assert report.unread == ()
    assert report.findings or imported(advice.instead)


@pytest.mark.parametrize("advice", ENTRIES, ids=lambda advice: advice.what)
def test_an_entry_can_be_met_and_says_why(advice: Advice) -> None:
    ways = (*advice.names, *advice.attributes, *advice.keywords, *advice.keys)

    assert ways or advice is table().package
    assert advice.why.endswith(".")
    assert advice.since == "here" or re.fullmatch(r"0\.\d(\.\d+)?", advice.since)


def test_no_name_has_two_entries() -> None:
    names = Counter(name for entry in table().entries for name in entry.names)

    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize(
    "name", [name for each in table_of_v04().differences for name in each.names]
)
def test_what_differs_is_here(name: str) -> None:
    module, _, attribute = name.rpartition(".")

    assert hasattr(import_module(module), attribute)


def test_the_guide_has_the_sections() -> None:
    sections = {entry.guide for entry in ENTRIES}
    if not GUIDE.exists():
        pytest.skip("needs docs/guide.md")

    text = GUIDE.read_text(encoding="utf-8")

    there = {section(title) for title in re.findall(r"^#+ (.*)$", text, re.M)}
    assert sorted(sections - there) == []


@pytest.mark.skipif(not SHARED_GUIDE.exists(), reason="needs ../shared/guide.md")
def test_the_migration_guide_has_ten_blocks_of_v02() -> None:
    assert len(v02_blocks()) == 10


@pytest.mark.parametrize("block", v02_blocks(), ids=lambda block: block.split("\n")[0])
def test_a_block_of_v02_comes_with_something_to_write_that_is_here(
    block: str, tmp_path: Path
) -> None:
    file = tmp_path / "block.py"
    file.write_text(block, encoding="utf-8")

    report = examine([file])

    assert {each.verdict for each in report.findings} == {"rewrite"}
    assert all(imported(each.instead) for each in report.findings)


@pytest.mark.skipif(not SHARED_GUIDE.exists(), reason="needs ../shared/guide.md")
def test_the_other_blocks_need_no_rewriting(tmp_path: Path) -> None:
    blocks = python_blocks(SHARED_GUIDE.read_text(encoding="utf-8"))
    for number, block in enumerate(blocks):
        if block not in v02_blocks():
            (tmp_path / f"block_{number}.py").write_text(block, encoding="utf-8")

    report = examine([tmp_path])

    assert report.files == 20
    assert report.is_supported
