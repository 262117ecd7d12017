"""What a session tells of its cassettes when it is over, and what the commands make of it."""

import json
import re
import subprocess
import sys

import pytest

from harness.formats import load
from harness.upkeep import read_playbacks
from tests.harness.pytest_projects import Project

TWO = """
import pytest
from conftest import ask

@pytest.mark.cassette
def test_two():
    assert ask("one") == "ONE"
    assert ask("two") == "TWO"

@pytest.mark.cassette
def test_other():
    assert ask("other") == "OTHER"
"""
FILE = ".pytest_cache/d/harness/playbacks.json"


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(pytester, monkeypatch)


def without_second(project: Project) -> None:
    project.write("tests/test_a.py", TWO)
    project.record()
    project.write("tests/test_a.py", TWO.replace('assert ask("two") == "TWO"', "pass"))


@pytest.mark.parametrize(
    ("reaction", "code", "errors"), [("ignore", 0, 0), ("warn", 0, 0), ("fail", 1, 1)]
)
def test_what_was_not_asked_for_is_told_with_the_command_that_helps(
    project: Project, reaction: str, code: int, errors: int
) -> None:
    without_second(project)

    result = project.run("--harness-unplayed", reaction)

    result.assert_outcomes(passed=2, errors=errors)
    assert result.ret == code
    told = [
        "1 test left interactions unplayed:",
        "  cassettes/tests/test_a/test_two.yaml: 2",
        f"  fix: harness cassettes prune --unplayed-from {FILE} --write",
    ]
    if reaction == "ignore":
        result.stdout.no_fnmatch_line(told[0])
    else:
        result.stdout.fnmatch_lines(told)
    refused = "cassettes/tests/test_a/test_two.yaml: interaction 2 was not asked for."
    assert (refused in result.outlines) is (reaction == "fail")


def test_the_command_that_is_named_removes_what_was_not_asked_for(project: Project) -> None:
    without_second(project)
    project.run()

    words = ["-m", "harness", "cassettes", "prune", "--unplayed-from", FILE, "--write"]
    done = subprocess.run(
        [sys.executable, *words], cwd=project.path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert len(load(project.path / "cassettes/tests/test_a/test_two.yaml").interactions) == 1
    result = project.run()
    result.assert_outcomes(passed=2)
    result.stdout.no_fnmatch_line("*unplayed*")


def test_a_part_of_a_suite_says_nothing_of_the_rest_of_a_shared_cassette(project: Project) -> None:
    project.write("test_a.py", TWO.replace("cassette\n", 'cassette("common")\n'))
    project.record()

    result = project.run("-k", "two", "--harness-playbacks", "played.json")

    result.assert_outcomes(passed=1, deselected=1)
    result.stdout.no_fnmatch_line("*unplayed*")
    (playback,) = read_playbacks(project.path / "played.json")
    assert (playback.cassette, playback.owner) == ("cassettes/common.yaml", "test_a.py::test_two")
    assert playback.unplayed == ()


def test_orphans_are_told(project: Project) -> None:
    project.write("tests/test_a.py", TWO)
    project.record()
    project.write("tests/test_a.py", TWO.replace("test_other", "test_another"))

    project.record()
    result = project.run("--harness-orphans", "fail")

    result.assert_outcomes(passed=2)
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        ["1 cassette that nothing names:", "  cassettes/tests/test_a/test_other.yaml"]
    )


def test_expired_cassettes_are_told(project: Project) -> None:
    project.configure("harness_expire_days = '90'")
    project.write("tests/test_a.py", TWO)
    project.record()
    file = project.path / "cassettes/tests/test_a/test_two.yaml"
    file.write_text(re.sub(r"recorded: '[\d-]+'", "recorded: '2020-02-02'", file.read_text()))

    warned, failed = project.run(), project.run("--harness-expired", "fail")

    assert (warned.ret, failed.ret) == (0, 1)
    warned.stdout.fnmatch_lines(
        [
            "1 cassette older than 90 days:",
            "  *test_two.yaml was recorded on 2020-02-02, * days ago",
            "  fix: pytest tests/test_a.py --record-mode rewrite",
        ]
    )


def test_a_quiet_session_tells_only_what_fails(project: Project) -> None:
    without_second(project)

    project.run("-q").stdout.no_fnmatch_line("*cassettes*")
    project.run("-q", "--harness-unplayed", "fail").stdout.fnmatch_lines(["*left interactions*"])


def test_only_stale_and_missing_cassettes_are_recorded_again(project: Project) -> None:
    text = TWO + '\n@pytest.mark.cassette\ndef test_new():\n    assert ask("new") == "NEW"\n'
    project.write("test_a.py", TWO)
    project.record()
    project.write("test_a.py", TWO.replace('ask("two") == "TWO"', 'ask("deux") == "DEUX"'))
    missed = project.run()
    project.write("test_a.py", text.replace('ask("two") == "TWO"', 'ask("deux") == "DEUX"'))

    again, asked = project.record("--rerecord", mode="none")

    missed.assert_outcomes(passed=1, failed=1)
    missed.stdout.fnmatch_lines(
        [
            "1 test asked for what is not recorded:",
            f"  fix: pytest --rerecord (what it costs: harness cassettes stale --playbacks {FILE})",
        ]
    )
    again.assert_outcomes(passed=2, deselected=1)
    assert asked == ["one", "deux", "new"]
    project.run().assert_outcomes(passed=3)


def test_a_swallowed_miss_is_in_the_evidence(project: Project) -> None:
    project.write("test_a.py", TWO)

    project.run("--harness-playbacks", "played.json")

    told = json.loads((project.path / "played.json").read_text())["playbacks"]
    assert [(each["owner"], each["misses"][0]["cause"]) for each in told] == [
        ("test_a.py::test_other", "the cassette is missing"),
        ("test_a.py::test_two", "the cassette is missing"),
    ]
