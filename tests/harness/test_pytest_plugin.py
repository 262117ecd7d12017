import subprocess
import sys

import pytest

STORY = '''
from harness import Run, said, scenario

@scenario(task="Hi", expect=[said(text="Hello")], tags=["polite"])
async def greets(run: Run) -> str:
    """Somebody greets."""
    return "Hello"

@scenario(task="Hi", expect=[said(text="Hello")])
async def mumbles(run: Run) -> str:
    """Somebody mumbles."""
    return "Hrmpf"

@scenario(task="Hi")
async def asks(run: Run) -> str:
    """Somebody asks a model."""
    return (await run.model("gpt-4o").create([])).content
'''


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyprojecttoml("[tool.pytest.ini_options]\nfilterwarnings = ['error']\n")
    folder = pytester.mkdir("scenarios")
    (folder / "story.py").write_text(STORY, encoding="utf-8")
    (folder / "_shared.py").write_text("raise SystemExit", encoding="utf-8")
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    # Once more is no harm, and without an installed package it is needed.
    return project.runpytest_subprocess("-p", "harness.pytest_plugin", *arguments)


def test_scenarios_are_items(project: pytest.Pytester) -> None:
    result = run(project, "scenarios", "-v", "-k", "greets or mumbles")

    result.assert_outcomes(passed=1, failed=1, deselected=1)
    result.stdout.fnmatch_lines(
        ["scenarios/story.py::greets PASSED*", "scenarios/story.py::mumbles FAILED*"]
    )
