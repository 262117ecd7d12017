"""The migration guide shows programs that are tested, and leads to what exists."""

import re
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
ORIGINAL = ROOT.parent / "shared" / "guide.md"

EXCERPTS = re.findall(r"^From \[[^]]+\]\(([^)]+)\):\n\n```python\n(.*?)^```", GUIDE, re.M | re.S)
SECTIONS = re.findall(r"^### ([^\n]+)\n(.*?)(?=^### |\Z)", GUIDE, re.M | re.S)
INTRODUCTORY = 2


@pytest.mark.parametrize(("file", "text"), EXCERPTS, ids=[file for file, _ in EXCERPTS])
def test_an_excerpt_stands_in_its_file(file: str, text: str) -> None:
    lines = (ROOT / "docs" / file).read_text(encoding="utf-8").splitlines()
    shown = text.splitlines()

    parts = [lines[at : at + len(shown)] for at in range(len(lines))]

    assert shown in [textwrap.dedent("\n".join(part)).splitlines() for part in parts]


def test_every_program_is_an_excerpt_or_of_v02() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", GUIDE, re.M | re.S)
    old = [block for block in blocks if block not in {text for _, text in EXCERPTS}]

    assert [block for block in old if "agentchat." in block.replace("autogen.agentchat", "")] == []
    assert len(EXCERPTS) >= 20


@pytest.mark.parametrize(
    ("title", "text"), SECTIONS[INTRODUCTORY:], ids=[title for title, _ in SECTIONS[INTRODUCTORY:]]
)
def test_a_section_names_a_story(title: str, text: str) -> None:
    assert re.search(r"\(\.\./scenarios/guide/\w+\.py\)", text)


@pytest.mark.skipif(not ORIGINAL.exists(), reason="needs ../shared/guide.md")
def test_it_has_the_sections_of_the_original() -> None:
    headings = re.findall(r"^###+ ([^\n]+)", ORIGINAL.read_text(encoding="utf-8"), re.M)

    missing = [each for each in headings if f"## {each}\n" not in GUIDE]

    assert missing == ["New to AutoGen?"]
