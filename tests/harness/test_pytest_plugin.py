from pathlib import Path

import pytest

import harness

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


MODULE = """
from harness import Run, scenario
from test_other import greets as imported

@scenario(task="Hi")
async def in_a_test_module(run: Run) -> str:
    return "Hello"

def test_ordinary() -> None:
    assert imported.name == "greets"
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with stories, for a pytest that loads this plugin by name and no others."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(Path(harness.__file__).parents[1]))
    pytester.makepyprojecttoml("[tool.pytest.ini_options]\nfilterwarnings = ['error']\n")
    folder = pytester.mkdir("scenarios")
    (folder / "story.py").write_text(STORY, encoding="utf-8")
    (folder / "_shared.py").write_text("raise SystemExit", encoding="utf-8")
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return project.runpytest_subprocess("-p", "harness.pytest_plugin", *arguments)


def test_scenarios_are_items(project: pytest.Pytester) -> None:
    result = run(project, "scenarios", "-v", "-k", "greets or mumbles")

    result.assert_outcomes(passed=1, failed=1, deselected=1)
    result.stdout.fnmatch_lines(
        ["scenarios/story.py::greets PASSED*", "scenarios/story.py::mumbles FAILED*"]
    )


def test_a_failure_tells_what_does_not_hold_and_nothing_else(project: pytest.Pytester) -> None:
    result = run(project, "scenarios/story.py::mumbles")

    lines = result.outlines
    at = next(number for number, line in enumerate(lines) if "_ mumbles _" in line)
    assert lines[at + 1 : at + 4] == [
        "Somebody mumbles. [failed]",
        "✗ said(text='Hello')",
        "    what came: #1 mumbles: 'Hrmpf' (and 1 before)",
    ]
    assert lines[at + 4].startswith("=")


def test_a_miss_is_shown_whole(project: pytest.Pytester) -> None:
    result = run(project, "scenarios", "-k", "asks")

    result.stdout.fnmatch_lines(
        [
            "Somebody asks a model. [[]miss]",
            "No recorded reply for model call 1 of 'asks'.",
            "  cassette: cassettes/story/asks.yaml",
            "  cause:    the cassette is missing",
            "  fix:      harness run scenarios/story.py::asks --record-mode rewrite",
        ]
    )


def test_tags_pick_scenarios_too(project: pytest.Pytester) -> None:
    run(project, "scenarios", "-k", "polite").assert_outcomes(passed=1, deselected=2)


def test_stops_at_the_first_and_repeats_what_failed_last(project: pytest.Pytester) -> None:
    run(project, "scenarios", "-x").assert_outcomes(passed=1, failed=1)

    run(project, "scenarios", "--lf", "-k", "not asks").assert_outcomes(failed=1)


def test_runs_in_several_processes(project: pytest.Pytester) -> None:
    result = run(project, "-p", "xdist", "-n", "2", "scenarios", "-k", "greets or mumbles")

    result.assert_outcomes(passed=1, failed=1)


def test_scenarios_of_ordinary_test_modules_are_items_once(project: pytest.Pytester) -> None:
    project.makepyfile(test_own=MODULE, test_other=STORY)

    result = run(project, "test_own.py", "-v")

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["test_own.py::in_a_test_module PASSED*"])


def test_other_python_files_are_not_imported(project: pytest.Pytester) -> None:
    project.makepyfile(tool="raise SystemExit('imported')")

    run(project, "-k", "greets").assert_outcomes(passed=1, deselected=2)


def test_a_story_that_can_not_be_imported_is_told_without_a_traceback(
    project: pytest.Pytester,
) -> None:
    (project.path / "scenarios" / "broken.py").write_text("1 / 0\n", encoding="utf-8")

    result = run(project, "scenarios/broken.py")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*broken.py:1: can't be imported: ZeroDivisionError*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_records_when_told_to(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    script = "harness: script\nversion: 1\nreplies:\n  - say: Yes.\n"
    (project.path / "scenarios" / "story.script.yaml").write_text(script, encoding="utf-8")

    run(project, "scenarios", "-k", "asks", "--record-mode", "once").assert_outcomes(passed=1)

    assert (project.path / "cassettes" / "story" / "asks.yaml").exists()
    run(project, "scenarios", "-k", "asks").assert_outcomes(passed=1)


def test_an_option_of_the_same_name_keeps_its_owner(project: pytest.Pytester) -> None:
    (project.path / "pytest_recording.py").write_text(
        "def pytest_addoption(parser):\n"
        "    parser.addoption('--record-mode', default=None, dest='record_mode')\n",
        encoding="utf-8",
    )
    options = ("-p", "pytest_recording", "scenarios", "-k", "asks", "--record-mode", "once")

    result = run(project, *options)

    # Nobody is there to answer, so this shows that the mode is seen.
    result.stdout.fnmatch_lines(["*can't be recorded: nobody would answer its model calls."])


def test_costs_a_session_without_scenarios_no_imports(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_plain="""
        import sys

        def test_plain():
            ours = {name for name in sys.modules if name.split(".")[0] in ("agentchat", "harness")}
            doors = ("harness.pytest_plugin", "harness.errors", "harness.network")
            rooms = {name for name in ours if not name.startswith(doors)}
            assert rooms == {
                "harness", "harness.cassette_names", "harness.hosts", "harness.scenario"
            }  # fmt: skip
            assert not {"pydantic", "httpx2", "rich", "yaml"} & set(sys.modules)
        """
    )

    run(project, "test_plain.py").assert_outcomes(passed=1)
