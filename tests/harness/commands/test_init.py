"""`harness init`: what it makes passes at once, and nothing is lost that was there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from harness.cli import app
from harness.commands.init import _project_name
from harness.errors import UsageError

FILES = [
    ".gitignore",
    "README.md",
    "pyproject.toml",
    "scenarios/forecast.py",
    "scenarios/forecast.script.yaml",
    "tests/test_weather.py",
    "weather.py",
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def init(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["init", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def files(folder: str) -> list[str]:
    found = (path for path in Path(folder).rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in found)


def run(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd="demo",
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if name != "OPENAI_API_KEY"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_says_what_to_do_next() -> None:
    assert init("demo") == (
        "Made 7 files in demo. Go on with:\n  cd demo\n  pytest\n  harness run scenarios\n"
    )
    assert files("demo") == FILES


def test_the_tests_and_scenarios_of_the_project_pass() -> None:
    init("demo")

    assert "3 passed" in run("pytest", "-q", "-p", "no:cacheprovider")
    assert "1 passed" in run("harness", "run", "scenarios")
    assert (Path("demo") / "build" / "runs" / "latest" / "report.html").exists()


def test_the_project_is_written_as_a_formatter_would() -> None:
    init("demo")

    run("ruff", "check", "--isolated", "--select", "E,F,I,B,UP", ".")
    run("ruff", "format", "--isolated", "--check", ".")


def test_the_scenario_can_be_recorded_as_the_readme_says() -> None:
    init("demo")
    story = Path("demo") / "scenarios" / "forecast.py"
    text = story.read_text(encoding="utf-8")
    story.write_text(text.replace("run.observe(model)", 'run.model("gpt-4o")'), encoding="utf-8")

    run("harness", "run", "scenarios", "--record-mode", "rewrite", "--no-report")

    assert (Path("demo") / "cassettes" / "forecast" / "lisbon.yaml").exists()
    assert "1 passed" in run("harness", "run", "scenarios", "--no-report")


def test_nothing_is_replaced_unless_forced() -> None:
    Path("demo").mkdir()
    readme = Path("demo") / "README.md"
    readme.write_text("Mine.", encoding="utf-8")

    with pytest.raises(UsageError) as refused:
        init("demo")

    assert str(refused.value) == (
        "demo has files that would be replaced; nothing was written.\n"
        "  files: README.md\n"
        "  fix:   choose another name, or replace them: harness init demo --force"
    )
    assert files("demo") == ["README.md"]
    init("demo", "--force")
    assert readme.read_text(encoding="utf-8").startswith("# demo\n")


def test_what_else_lies_in_the_folder_stays() -> None:
    Path("notes.txt").write_text("Mine.", encoding="utf-8")

    said = init(".")

    assert "cd " not in said
    assert files(".") == sorted([*FILES, "notes.txt"])


def test_a_folder_that_cant_be_made_is_told() -> None:
    Path("demo").touch()

    with pytest.raises(UsageError, match=r"demo/\.gitignore: can't be written: "):
        init("demo")


@pytest.mark.parametrize(
    ("folder", "project"),
    [("My demo (2)", "My-demo-2"), ('"$x"', "x"), ("été", "t"), ("…", "agents")],
)
def test_any_folder_gives_a_name_that_a_project_may_have(folder: str, project: str) -> None:
    assert _project_name(folder) == project
