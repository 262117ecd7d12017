"""Each setting: in the file and on the command line, in the documentation, and what it does."""

import re
from pathlib import Path

import pytest

import harness
from harness.formats import load
from tests.harness.pytest_projects import Project

PAGE = Path(harness.__file__).parents[1] / "docs" / "pytest.md"
ASKING = """
import pytest
from conftest import ask

@pytest.mark.cassette{arguments}
def test_asks():
    assert [ask(question) for question in {questions}] == {answers}
"""
# On the command line without a twin, which is no `harness_...` of the file.
ALONE = {"--harness-seed", "--harness-playbacks"}


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    made = Project(pytester, monkeypatch)
    # Only what a test sets is set.
    made.write("pyproject.toml", "[tool.pytest.ini_options]\npythonpath = ['.']\n")
    return made


def set_to(project: Project, name: str, value: str, how: str) -> list[str]:
    """Sets an option in the file, or returns the words of the command line that do."""
    if how == "the command line":
        option = f"--harness-{name.replace('_', '-')}"
        return [option] if value == "true" else [option, value]
    with (project.path / "pyproject.toml").open("a") as file:
        file.write(f"harness_{name} = '''{value}'''\n")
    return []


def asking(*questions: str, answers: list[str] | None = None, arguments: str = "") -> str:
    said = answers or [question.upper() for question in questions]
    return ASKING.format(questions=list(questions), answers=said, arguments=arguments)


everywhere = pytest.mark.parametrize("how", ["the file", "the command line"])


def test_each_setting_has_a_twin_and_is_documented(project: Project) -> None:
    text = project.run("--help").stdout.str()
    options = set(re.findall(r"^  (--harness-[a-z-]+)", text, re.MULTILINE)) - ALONE
    settings = set(re.findall(r"^  (harness_[a-z_]+) \(", text, re.MULTILINE))
    page = PAGE.read_text(encoding="utf-8")

    assert len(settings) >= 14
    # This one is pytest-recording's, whose option has no prefix.
    twins = {f"--{name.replace('_', '-')}" for name in settings - {"harness_allowed_hosts"}}
    assert options == twins
    assert [name for name in sorted(settings) if f"`{name}`" not in page] == []
    own = {*ALONE, "--record-mode", "--rerecord", "--block-network", "--allowed-hosts"}
    assert [name for name in sorted(own) if f"`{name}" not in page] == []
    assert all(re.search(rf"^  {name}[ =]?", text, re.MULTILINE) for name in own)


@everywhere
@pytest.mark.parametrize(
    ("name", "value", "recorded", "asked"),
    [
        ("ignore", "/question", "before", "after"),
        ("normalise", r"\d+ -> <number>", "take 1", "take 2"),
        ("match", "match_on:method,path", "before", "after"),
    ],
)
def test_what_does_not_count_is_set_for_all_tests(
    project: Project, name: str, value: str, recorded: str, asked: str, how: str
) -> None:
    if name != "match":
        set_to(project, "match", "any-host", "the file")
    project.write("test_a.py", asking(recorded))
    project.record()
    project.write("test_a.py", asking(asked, answers=[recorded.upper()]))

    before = project.run()
    words = set_to(project, name, value, how)

    before.assert_outcomes(failed=1)
    project.run(*words).assert_outcomes(passed=1)


@everywhere
def test_what_is_shared_is_played_for_all_tests(project: Project, how: str) -> None:
    set_to(project, "match", "any-host", "the file")
    project.write("test_a.py", asking("common", arguments="('common')"))
    project.record()
    project.write("test_a.py", asking("common"))

    before = project.run()
    words = set_to(project, "shared", "common", how)

    before.assert_outcomes(failed=1)
    project.run(*words).assert_outcomes(passed=1)


@everywhere
@pytest.mark.parametrize(("arguments", "fails"), [("", True), ("(strict=False)", False)])
def test_strict_wants_the_recorded_order_unless_a_marker_does_not(
    project: Project, how: str, arguments: str, fails: bool
) -> None:
    set_to(project, "match", "any-host", "the file")
    project.write("test_a.py", asking("one", "two", arguments=arguments))
    project.record()
    project.write("test_a.py", asking("two", "one", arguments=arguments))

    before = project.run()
    words = set_to(project, "strict", "true", how)

    before.assert_outcomes(passed=1)
    project.run(*words).assert_outcomes(**{"failed" if fails else "passed": 1})


@everywhere
def test_what_is_secret_is_set_for_all_tests(project: Project, how: str) -> None:
    project.write("test_a.py", asking("hush"))
    words = set_to(project, "redact", "pattern:(?i)hush -> word", how)

    project.record(*words)[0].assert_outcomes(passed=1)

    (content,) = project.cassettes.values()
    assert b"<secret:word" in content
    assert b"hush" not in content.lower()


@everywhere
def test_the_folder_of_cassettes_is_set(project: Project, how: str) -> None:
    project.write("test_a.py", asking("hello"))
    words = set_to(project, "cassettes", "recordings/http", how)

    project.record(*words)[0].assert_outcomes(passed=1)

    assert (project.path / "recordings/http/test_a/test_asks.yaml").exists()


@everywhere
@pytest.mark.parametrize("mode", ["once", "new_episodes", "new-episodes"])
def test_the_record_mode_is_set(project: Project, how: str, mode: str) -> None:
    project.write("test_a.py", asking("hello"))
    words = set_to(project, "record_mode", mode, how)

    project.record(*words, mode="")[0].assert_outcomes(passed=1)

    assert list(project.cassettes) == ["test_a/test_asks.yaml"]


def test_a_marker_may_write_a_record_mode_with_dashes(project: Project) -> None:
    project.write("test_a.py", asking("hello", arguments="(record_mode='new-episodes')"))

    project.record(mode="")[0].assert_outcomes(passed=1)


@pytest.mark.parametrize(("wrong", "meant"), [("new-epsiodes", "new_episodes"), ("replay", "none")])
def test_a_wrong_record_mode_is_told_with_the_nearest(
    project: Project, wrong: str, meant: str
) -> None:
    result = project.run("--record-mode", wrong)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert f"--record-mode: There is no record mode {wrong!r}" in result.stderr.str()
    assert f"Did you mean {meant!r}?" in result.stderr.str()


@everywhere
@pytest.mark.parametrize(("value", "syncs"), [("process", False), ("power", True)])
def test_durability_says_whether_each_interaction_is_on_the_disk_at_once(
    project: Project, how: str, value: str, syncs: bool
) -> None:
    text = asking("hello").replace(
        "def test_asks():",
        "def test_asks(monkeypatch):\n    import os\n    synced = []\n"
        "    monkeypatch.setattr(os, 'fdatasync', synced.append)",
    )
    project.write("test_a.py", text + f"    assert bool(synced) is {syncs}\n")
    words = set_to(project, "durability", value, how)

    project.record(*words)[0].assert_outcomes(passed=1)


@everywhere
@pytest.mark.parametrize(
    ("name", "told"),
    [("unplayed", "*left interactions unplayed:"), ("orphans", "1 cassette that nothing names:")],
)
def test_what_is_left_over_fails_a_session_that_is_told_so(
    project: Project, how: str, name: str, told: str
) -> None:
    set_to(project, "match", "any-host", "the file")
    project.write("test_a.py", asking("one", "two"))
    project.record()
    text = asking("one") if name == "unplayed" else asking("one", "two").replace("asks", "says")
    project.write("test_a.py", text)
    project.record()

    before = project.run()
    result = project.run(*set_to(project, name, "fail", how))

    assert (before.ret, result.ret) == (0, 1)
    result.stdout.fnmatch_lines([told])


@everywhere
def test_a_cassette_expires_after_the_days_that_are_set(project: Project, how: str) -> None:
    set_to(project, "match", "any-host", "the file")
    project.write("test_a.py", asking("hello"))
    project.record()
    file = project.path / "cassettes/test_a/test_asks.yaml"
    file.write_text(re.sub(r"recorded: '[\d-]+'", "recorded: '2020-02-02'", file.read_text()))

    words = [*set_to(project, "expire_days", "30", how), *set_to(project, "expired", "fail", how)]

    assert (project.run("--harness-expire-days", "0").ret, project.run(*words).ret) == (0, 1)


SERVED = """
import json, urllib.request

def test_served(harness_server):
    server = harness_server("answers")
    request = urllib.request.Request(
        server.base_url + "/ask",
        json.dumps({"question": "hi"}).encode(),
        {"authorization": "Bearer " + server.key},
    )
    assert json.load(urllib.request.urlopen(request)) == {"answer": "HI"}
    assert server.report.played == (1,)
    server.assert_complete()
"""


def test_the_server_of_a_test_plays_a_cassette(project: Project) -> None:
    project.write("test_a.py", asking("hi", arguments="('answers')"))
    project.record()
    project.write("test_a.py", SERVED)

    project.run().assert_outcomes(passed=1)
    assert len(load(project.path / "cassettes/answers.yaml").interactions) == 1


def test_a_server_without_its_file_fails_the_test_in_few_words(project: Project) -> None:
    project.write("test_a.py", SERVED)

    result = project.run()

    result.assert_outcomes(failed=1)
    [told] = [line for line in result.outlines if line.endswith("No such file or directory")]
    assert told == f"{project.path / 'cassettes/answers.yaml'}: No such file or directory"
