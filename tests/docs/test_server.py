"""The page on the server: its program runs, and its commands are as the command line has them."""

import re
from pathlib import Path

import pytest

from harness.cli import main
from harness.script import HttpFailure, Reply, Script, Tokens, When

TEXT = (Path(__file__).parents[2] / "docs" / "server.md").read_text(encoding="utf-8")


def test_the_programs_run() -> None:
    for program in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL):
        exec(compile(program, "server.md", "exec"), {})


def test_the_script_is_one(tmp_path: Path) -> None:
    [written] = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    file = tmp_path / "story.script.yaml"
    file.write_text(written, encoding="utf-8")

    replies = Script.load(file).replies

    assert replies == (
        Reply(call={"get_weather": {"city": "Lisbon"}}),
        Reply(when=When(last="sunny"), say="It is sunny in Lisbon."),
        Reply(fail=HttpFailure(status=429, message="slow down", retry_after="7")),
        Reply(say="42", think="Six times seven.", usage=Tokens(prompt=5, completion=2)),
    )


def test_every_key_of_a_reply_is_told_of() -> None:
    rows = TEXT.partition("| key of a reply |")[2].partition("\n\n")[0]
    told = re.findall(r"`(\w+)`", " ".join(re.findall(r"^\|([^|]+)\|", rows, re.MULTILINE)))

    assert {key.replace("if", "when") for key in told} == set(Reply.model_fields)


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
