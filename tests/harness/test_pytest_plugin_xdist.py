"""Many workers of pytest-xdist that record one suite: what comes out, and what a crash costs."""

import re

import pytest

from harness.formats import load
from tests.harness.pytest_projects import Project, endpoint

SUITE = """
import pytest
from conftest import ask

{marks}

@pytest.fixture(scope="module")
def early():
    return ask("early {name}") if {shares} else "EARLY {NAME}"

@pytest.mark.parametrize("number", range(6))
def test_asks(early, number):
    assert early == "EARLY {NAME}"
    assert ask(f"{name} first {{number}}") == f"{NAME} FIRST {{number}}"
    assert ask(f"{name} second {{number}}") == f"{NAME} SECOND {{number}}"
"""
MARKS = {
    "own": "pytestmark = pytest.mark.cassette",
    "module": "pytestmark = pytest.mark.cassette(scope='module')",
    "whole": "pytestmark = pytest.mark.cassette(scope='session')",
    "named": "pytestmark = pytest.mark.cassette('named')",
}
WORKERS = ("xdist", "xdist.looponfail")


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(pytester, monkeypatch)


def write_suite(project: Project) -> None:
    for name, marks in MARKS.items():
        shares = name in ("module", "whole")
        text = SUITE.format(marks=marks, name=name, NAME=name.upper(), shares=shares)
        project.write(f"tests/test_{name}.py", text)


def recordings(project: Project) -> dict[str, bytes]:
    """The cassettes, but for the time that each answer took, which no two runs share."""
    return {
        name: re.sub(rb"duration_ns: \d+", b"duration_ns: 0", content)
        for name, content in project.cassettes.items()
        if not name.endswith(".lock")
    }


def test_a_suite_recorded_by_any_number_of_workers_is_the_same_bytes(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_suite(project)
    with endpoint() as asked:
        monkeypatch.setenv("ENDPOINT", asked.url)
        arguments = ("--record-mode", "rewrite")
        alone = project.run(*arguments)
        first = recordings(project)
        by_workers = [project.run(*arguments, "-n", "4", plugins=WORKERS)]
        second = recordings(project)
        by_workers.append(project.run(*arguments, "-n", "4", plugins=WORKERS))
        third = recordings(project)
    replayed = project.run(), project.run("-n", "3", plugins=WORKERS)

    for each in (alone, *by_workers, *replayed):
        each.assert_outcomes(passed=24)
    assert first == second == third
    assert len(first) == 9
    assert sum(content.count(b"duration_ns") for content in first.values()) == 50
    for each in replayed:
        each.stdout.fnmatch_lines(["9 replayed; * interactions played"])
        each.stdout.no_fnmatch_line("*unplayed*")


CRASHING = """
import os
import pytest
from conftest import ask

pytestmark = pytest.mark.cassette({scope})

@pytest.mark.parametrize("number", range(8))
def test_asks(number):
    assert ask(f"first {{number}}") == f"FIRST {{number}}"
    if number == 5 and "CRASH" in os.environ:
        os._exit(9)
    assert ask(f"second {{number}}") == f"SECOND {{number}}"
"""


@pytest.mark.parametrize("scope", ["", "scope='module'"])
def test_a_crashed_worker_loses_nothing_that_was_recorded(
    project: Project, monkeypatch: pytest.MonkeyPatch, scope: str
) -> None:
    project.write("test_a.py", CRASHING.format(scope=scope))
    monkeypatch.setenv("CRASH", "1")

    crashed, asked = project.record("-n", "2", mode="once", plugins=WORKERS)
    monkeypatch.delenv("CRASH")
    again, missing = project.record(plugins=WORKERS)

    crashed.assert_outcomes(passed=7, failed=1)
    again.assert_outcomes(passed=8)
    assert sorted(asked) == sorted(
        [*(f"first {n}" for n in range(8)), *(f"second {n}" for n in range(8) if n != 5)]
    )
    assert missing == ["second 5"]
    files = [project.path / "cassettes" / name for name in recordings(project)]
    assert sum(len(load(file).interactions) for file in files) == 16
    assert {load(file).header.unfinished for file in files} == {()}


def test_misses_and_what_is_unplayed_come_home_from_the_workers(project: Project) -> None:
    text = CRASHING.format(scope="")
    project.write("test_a.py", text)
    project.record()
    project.write(
        "test_a.py",
        text.replace("range(8)", "range(4)").replace(
            'assert ask(f"second {number}") == f"SECOND {number}"',
            'assert number != 3 or ask("other")',
        ),
    )

    result = project.run("-n", "2", "--harness-unplayed", "fail", plugins=WORKERS)

    result.assert_outcomes(passed=3, failed=1, errors=3)
    result.stdout.fnmatch_lines(
        [
            "*cause:    a changed *",
            "3 tests left interactions unplayed:",
            "  cassettes/test_a/test_asks[[]0].yaml: 2",
        ]
    )
