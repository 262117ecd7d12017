import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli import main
from harness.formats import save
from harness.interactions import Cassette

FULL = Path("/dev/full")
STORY = '''
"""A story."""
from harness import Run, scenario, said, within

@scenario(task="Hi", expect=[said(text="Hello")], tags=["quick"])
async def greets(run: Run) -> str:
    """Somebody greets."""
    return "Hello"

@scenario(task="Hi", expect=[said(text="Hello"), within(turns=1)])
async def mumbles(run: Run) -> str:
    print("behind the hand")
    return "Hrmpf"

@scenario(task="Hi")
async def breaks(run: Run) -> str:
    raise OSError("the pipe is gone")
'''


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "story.py").write_text(STORY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def exit_code(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    code = ended.value.code
    assert isinstance(code, int)
    return code


@pytest.mark.parametrize(
    ("expression", "code"), [("greets", 0), ("greets or mumbles", 1), ("story", 3), ("quick", 0)]
)
def test_the_exit_code_tells_the_worst(expression: str, code: int) -> None:
    assert exit_code("run", "-k", expression) == code


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
def test_a_disk_that_is_full_is_told_without_a_traceback() -> None:
    command = [sys.executable, "-m", "harness", "run", "--no-report"]

    with FULL.open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert done.stderr.splitlines()[0] == "harness: No space left on device."


def test_prints_a_table_and_explains_what_went_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    exit_code("run", "--no-report")

    out = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert out[:3] == [
        "    [1/3] ✓ passed  scenarios/story.py::greets",
        "    [2/3] ✗ failed  scenarios/story.py::mumbles",
        "    [3/3] ! error  scenarios/story.py::breaks",
    ]
    assert out[4:21] == [
        "scenario   outcome   turns  calls  tokens  cost  saved",
        "story",
        "  greets   ✓ passed      1      0       0     -      -",
        "  mumbles  ✗ failed      1      0       0     -      -",
        "  breaks   ! error       0      0       0     -      -",
        "",
        "✗ failed  scenarios/story.py::mumbles",
        "  ✗ said(text='Hello')",
        "      what came: #1 mumbles: 'Hrmpf' (and 1 before)",
        "  what it printed:",
        "    behind the hand",
        "",
        "! error  scenarios/story.py::breaks",
        "  OSError: the pipe is gone",
        "  at scenarios/story.py:17 in breaks",
        "─" * 80,
        out[20],
    ]
    assert out[20].startswith("1 passed, 1 failed, 1 error in ")
    assert out[-1] == "build/runs/latest"


def test_no_line_of_the_table_is_wider_than_the_terminal(
    capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    long = STORY.replace("greets", "greets_" * 12 + "everybody")
    (project / "scenarios" / "story.py").write_text(long, encoding="utf-8")

    exit_code("run", "--no-report")

    table = capsys.readouterr().out.partition("\nscenario ")[2]
    assert max(len(line) for line in table.splitlines()) <= 80


def test_leaves_a_run_folder(project: Path) -> None:
    exit_code("run", "scenarios/story.py::greets", "--out", "first", "--seed", "7")

    folder = project / "first"
    manifest = json.loads((folder / "run.json").read_bytes())
    assert manifest["scenarios"] == ["scenarios/story.py::greets"]
    assert manifest["selection"] == {"paths": ["scenarios/story.py::greets"], "expression": None}
    assert (manifest["seed"], manifest["record_mode"]) == (7, "none")
    assert (folder / "traces" / "story" / "greets.jsonl").exists()
    assert set(json.loads((folder / "timings.json").read_bytes())) == {
        "began",
        "seconds",
        "trials",
        "workers",
    }


def test_the_report_is_the_last_line(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    exit_code("run", "-k", "greets")

    assert capsys.readouterr().out.splitlines()[-1] == "build/runs/latest/report.html"
    assert (project / "build" / "runs" / "latest" / "report.html").exists()


def test_a_report_can_be_written_again(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    exit_code("run", "-k", "greets", "--no-report")
    capsys.readouterr()

    assert exit_code("report", "build/runs/latest", "-o", "again.html") == 0
    assert capsys.readouterr().out == "again.html\n"
    assert (project / "again.html").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "nowhere"), "harness: nowhere: there is no such file or folder.\n"),
        (("run", "-k", "sings"), "harness: None of 3 scenarios is picked.\n"),
        (("run", "-k", "(greets"), "harness: -k '(greets': a name was expected before its end.\n"),
        (("run", "--out", "scenarios"), "harness: scenarios is no run folder, and is left"),
        (("report", "build"), "harness: build/run.json: can't be read: No such file"),
    ],
)
def test_what_does_not_fit_together_is_one_message(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(*arguments) == 2
    assert capsys.readouterr().err.startswith(message)


LOUD = """
import warnings
from harness import Run, scenario

@scenario(task="Hi")
async def loud(run: Run) -> str:
    warnings.warn("word " * 30 + "end", stacklevel=1)
    return "Hello"
"""


def test_a_long_warning_is_told_to_its_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "scenarios" / "loud.py").write_text(LOUD, encoding="utf-8")

    assert exit_code("run", "-k", "loud", "--no-report") == 0

    assert f"in 1 of 1 trials: UserWarning: {'word ' * 30}end\n" in capsys.readouterr().out


@pytest.mark.parametrize("group", [(), ("cassettes",)])
def test_the_help_of_all_commands_breaks_off_no_line(
    group: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    assert exit_code(*group, "--help") == 0

    commands = capsys.readouterr().out.partition("Commands:\n")[2].splitlines()
    assert [line for line in commands if not line.endswith(".") or line.endswith("...")] == []


@pytest.mark.parametrize("command", ["run", "report", "init", "migrate", "serve", "proxy"])
def test_the_help_names_the_exit_codes(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(command, "--help") == 0

    assert "Exit codes: 0 " in " ".join(capsys.readouterr().out.split())


def test_says_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("--version") == 0
    assert capsys.readouterr().out.startswith("agentchat-harness ")


def test_lists_cassettes_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("cassettes", "--help") == 0
    assert "list" in capsys.readouterr().out


@pytest.mark.parametrize("mode", ["new_episodes", "new-episodes"])
def test_a_record_mode_is_taken_in_either_spelling(mode: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main(["run", "-k", "greets", "--record-mode", mode, "--no-report"])

    manifest = json.loads((tmp_path / "build/runs/latest/run.json").read_text())
    assert manifest["record_mode"] == "new_episodes"


@pytest.mark.parametrize(
    "command", [["run"], ["proxy", "--upstream", "https://a.b", "-o", "c.yaml"]]
)
def test_a_record_mode_that_there_is_none_of_is_told_with_the_nearest(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command, "--record-mode", "rewrit"])

    assert ended.value.code == 2
    assert "Did you mean 'rewrite'?" in capsys.readouterr().err


def test_a_place_that_can_not_be_written_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("a.yaml", "b.yaml"):
        save(Path("cassettes", name), Cassette())
    words = ["cassettes", "merge", "cassettes/a.yaml", "cassettes/b.yaml", "-o"]

    with pytest.raises(SystemExit) as ended:
        main([*words, "pyproject.toml/c.yaml"])

    assert ended.value.code == 2
    assert capsys.readouterr().err == "harness: pyproject.toml: File exists.\n"
