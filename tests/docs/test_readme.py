"""What the README shows is what happens."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.S)


def test_the_first_scenario_passes_as_it_stands(tmp_path: Path) -> None:
    [story] = blocks("python")
    file = tmp_path / "scenarios" / "hello" / "greeting.py"
    file.parent.mkdir(parents=True)
    file.write_text(story, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "harness", "run", "scenarios"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_the_first_scenario_is_about_twenty_lines_long() -> None:
    [story] = blocks("python")

    code = [line for line in story.splitlines() if line.strip() and not line.startswith("from")]

    assert len(code) <= 20


def test_every_make_target_it_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    named = set(re.findall(r"(?:`|\$ )make ([a-z]+)", README))

    assert {target for target in named if not re.search(rf"^{target}:", makefile, re.M)} == set()


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_every_file_it_links_to_exists(link: str) -> None:
    assert (ROOT / link).exists()
