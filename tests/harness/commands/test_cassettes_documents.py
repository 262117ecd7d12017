"""What `--json` prints keeps to its schema, is free of colour, and errors are told in one line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from harness.cli import main
from harness.commands.cassettes._documents import RECORDS, schema_text
from harness.upkeep import Missed, Playback, write_playbacks
from tests.harness.commands._running import HELLO, ROOT, cassette_file, document, interaction, told

SCHEMA = ROOT / "docs" / "cassettes-commands.schema.json"
CALLS = {
    "list": ("cassettes",),
    "show": ("cassettes/hello.yaml",),
    "diff": ("cassettes/hello.yaml", "cassettes/other.yaml"),
    "verify": ("cassettes",),
    "stale": ("--playbacks", "run.json"),
    "prune": ("--unplayed-from", "run.json"),
    "rename": ("cassettes/hello.yaml", "cassettes/bye.yaml"),
    "merge": ("cassettes/hello.yaml", "cassettes/other.yaml", "-o", "all.yaml"),
    "import": ("cassettes", "-o", "imported"),
    "lint": ("cassettes",),
    "doctor": ("cassettes",),
}
BAD = {
    "list": ("gone",),
    "show": ("gone.yaml",),
    "diff": ("gone.yaml", "hello.yaml"),
    "verify": ("gone",),
    "stale": ("gone",),
    "prune": ("--unplayed-from", "gone.json"),
    "rename": ("gone.yaml", "new.yaml"),
    "merge": ("gone.yaml", "gone.yaml", "-o", "new.yaml"),
    "import": ("gone", "-o", "new"),
    "lint": ("gone",),
    "doctor": ("gone",),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").touch()
    Path("cassettes").mkdir()
    Path("cassettes/hello.yaml").write_bytes(HELLO.read_bytes())
    cassette_file(Path("cassettes/other.yaml"), interaction("Hi", "Hello"))
    Path("cassettes/bad.yaml").write_text("{", encoding="utf-8")
    missed = Missed("model call 1", "a changed prompt", "")
    playback = Playback("cassettes/hello.yaml", "t.py::t", "pytest", "", (1,), (missed,))
    write_playbacks(Path("run.json"), [playback])
    return tmp_path


def called(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "harness", "cassettes", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "FORCE_COLOR": ""}
    environment.pop("COLUMNS", None)
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", env=environment, check=False
    )


def test_the_schema_in_the_docs_is_that_of_the_code() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("command", RECORDS)
def test_what_a_command_prints_keeps_to_the_schema(command: str) -> None:
    if command == "verify":
        Path("cassettes/bad.yaml").unlink()

    printed = document(command, *CALLS[command])

    jsonschema.Draft202012Validator(json.loads(schema_text())).validate(printed)
    assert (printed["command"], printed["version"]) == (f"cassettes {command}", 1)


@pytest.mark.parametrize("command", RECORDS)
def test_a_mistake_is_told_without_a_traceback(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["cassettes", command, *BAD[command]])

    printed = capsys.readouterr()
    assert (ended.value.code, printed.out) == (2, "")
    assert printed.err.startswith("harness: ")
    assert "gone" in printed.err


@pytest.mark.parametrize("command", ["list", "stale"])
def test_piped_there_is_neither_colour_nor_progress(command: str) -> None:
    done = called(command, *CALLS[command])

    assert (done.stderr, "\x1b" in done.stdout) == ("", False)


def test_piped_a_line_is_as_long_as_it_is() -> None:
    name = f"cassettes/{'long' * 40}.yaml"
    cassette_file(Path(name), interaction("Hi", "Hello"))

    assert any(line.startswith(f"{name} ") for line in called("list").stdout.splitlines())


@pytest.mark.parametrize("command", RECORDS)
def test_the_help_names_the_exit_codes(command: str) -> None:
    assert "Exit codes: 0 " in " ".join(told(command, "--help").text.split())
