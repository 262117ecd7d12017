"""The page on the server: its program runs, and its commands are as the command line has them."""

import re
from pathlib import Path

import pytest

from harness.cli import main

TEXT = (Path(__file__).parents[2] / "docs" / "server.md").read_text(encoding="utf-8")


def test_the_programs_run() -> None:
    for program in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL):
        exec(compile(program, "server.md", "exec"), {})


@pytest.mark.parametrize("command", ["serve", "proxy"])
def test_every_option_that_is_told_of_is_there(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])

    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    told = re.findall(rf"^\$ harness {command} (.*)$", TEXT, re.MULTILINE)
    assert told
    assert set(re.findall(r"--[a-z-]+", " ".join(told))) <= known
