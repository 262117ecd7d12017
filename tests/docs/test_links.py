"""Every link in the documentation leads somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "scenarios").rglob("*.md")]
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.M | re.S)


def anchors_of(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links() -> list[tuple[Path, str]]:
    texts = [(page, CODE.sub("", page.read_text(encoding="utf-8"))) for page in PAGES]
    return [
        (page, link)
        for page, text in texts
        for link in dict.fromkeys(LINK.findall(text))
        if "://" not in link
    ]


@pytest.mark.parametrize(
    ("page", "link"), [pytest.param(*each, id=f"{each[0].name}: {each[1]}") for each in links()]
)
def test_a_link_leads_somewhere(page: Path, link: str) -> None:
    file, _, anchor = link.partition("#")
    target = (page.parent / file).resolve() if file else page

    assert target.exists()
    assert not anchor or anchor in anchors_of(target)
