from pathlib import Path
from typing import Any

import pytest

from harness import Run, Scenario, scenario
from harness.errors import UsageError
from harness.expectations import stopped
from harness.scenario import project_of


def in_project(file: str) -> Scenario:
    return Scenario(
        name="hello",
        file=Path("/project") / file,
        line=1,
        root=Path("/project"),
        function=lambda run: None,
        title="Hello",
    )


def test_a_function_becomes_a_record() -> None:
    @scenario(task="Hi", expect=[stopped()], tags=["quick"])
    def greeting(run: Run) -> Any:
        """Two greet each other.

        Both are polite.
        """

    line = Path(__file__).read_text(encoding="utf-8").splitlines()[greeting.line - 1]
    assert line.strip().startswith("@scenario")
    assert greeting == Scenario(
        name="greeting",
        file=Path(__file__).resolve(),
        line=greeting.line,
        root=project_of(Path(__file__).resolve()),
        function=greeting.function,
        title="Two greet each other.",
        description="Both are polite.",
        task="Hi",
        expect=(stopped(),),
        tags=("quick",),
    )


def test_without_a_docstring_its_name_is_the_title() -> None:
    @scenario(name="parting_words")
    def say_goodbye(run: Run) -> Any:
        pass

    assert (say_goodbye.name, say_goodbye.title) == ("parting_words", "parting words")


@pytest.mark.parametrize(
    ("file", "cassette", "trace"),
    [
        (
            "scenarios/guide/chat.py",
            "cassettes/guide/chat/hello.yaml",
            "traces/guide/chat/hello.jsonl",
        ),
        (
            "examples/scenarios/chat.py",
            "examples/cassettes/chat/hello.yaml",
            "traces/examples/chat/hello.jsonl",
        ),
        (
            "tests/test_chat.py",
            "tests/cassettes/test_chat/hello.yaml",
            "traces/tests/test_chat/hello.jsonl",
        ),
    ],
)
def test_cassettes_and_traces_mirror_the_stories(file: str, cassette: str, trace: str) -> None:
    story = in_project(file)

    assert story.id == f"{file}::hello"
    assert story.cassette == Path("/project") / cassette
    assert story.trace == trace
    assert story.script == Path("/project") / file.replace(".py", ".script.yaml")


def test_refuses_a_name_that_is_no_file_name() -> None:
    with pytest.raises(UsageError, match="'a/b' can't name a scenario"):
        scenario(name="a/b")(lambda run: None)


@pytest.mark.parametrize("marker", ["pyproject.toml", ".git"])
def test_a_project_is_marked(tmp_path: Path, marker: str) -> None:
    (tmp_path / marker).touch()

    assert project_of(tmp_path / "deep" / "scenarios" / "chat.py") == tmp_path


def test_without_a_mark_the_project_holds_the_scenarios(tmp_path: Path) -> None:
    assert project_of(tmp_path / "scenarios" / "guide" / "chat.py") == tmp_path
    assert project_of(tmp_path / "chat.py") == tmp_path
