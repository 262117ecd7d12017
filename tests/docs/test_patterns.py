"""Each program of the page runs as it stands, and prints what the page says."""

import re
import runpy
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "patterns.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(
    r"^## ([^\n]+)\n.*?^```python\n(.*?)^```\n\n^```text\n(.*?)^```", PAGE, re.M | re.S
)


def test_every_code_block_is_run() -> None:
    assert len(PROGRAMS) == PAGE.count("```python") == 4


@pytest.mark.parametrize(
    ("program", "printed"), [parts[1:] for parts in PROGRAMS], ids=[parts[0] for parts in PROGRAMS]
)
def test_a_program_prints_what_the_page_says(
    program: str, printed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "program.py"
    file.write_text(program, encoding="utf-8")

    runpy.run_path(str(file), run_name="__main__")

    assert capsys.readouterr().out == printed
