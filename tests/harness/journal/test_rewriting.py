"""What `rewrite` replaces: all, once it has come to its end; else only what was recorded anew."""

from pathlib import Path

import pytest

from harness.formats import load, save
from harness.interactions import Cassette, Header, Interaction, Request, Response
from harness.journal import derive, lock_of
from harness.session import CassetteSession, RecordMode

URL = "https://api.openai.com/v1/x"


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The recorders are no workers of the run that these tests are in."""
    monkeypatch.delenv("PYTEST_XDIST_TESTRUNUID", raising=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A cassette that three tests share."""
    file = tmp_path / "shared.yaml"
    old = (
        Interaction(Request("POST", URL, (), b"old"), Response(200, (), b"", 7), test=test)
        for test in "abc"
    )
    save(file, Cassette(Header("2026-01-01", "tests"), tuple(old)))
    return file


def rewrite(path: Path, test: str, run: str, *said: str) -> None:
    session = CassetteSession(path, mode=RecordMode.REWRITE, test=test, run=run)
    for each in said or ("new",):
        recording = session.record(Request("POST", URL, (), each.encode()))
        recording.answered(200, ())
        recording.ended("complete")
    session.finish()


def held(path: Path) -> list[tuple[str, str]]:
    return [(each.test, each.request.body.decode()) for each in load(path).interactions]


def test_a_run_that_is_over_replaces_all(path: Path) -> None:
    rewrite(path, "a", "run")

    derive([path], "run")

    assert held(path) == [("a", "new")]
    assert list(path.parent.iterdir()) == [path]


def test_a_run_that_was_killed_keeps_what_belongs_to_tests_that_it_did_not_reach(
    path: Path,
) -> None:
    rewrite(path, "a", "run")
    rewrite(path, "b", "run")

    derive([path])

    assert held(path) == [("a", "new"), ("b", "new"), ("c", "old")]


def test_what_others_bring_home_while_a_run_goes_on_is_not_replaced_by_its_end(path: Path) -> None:
    rewrite(path, "a", "run")
    CassetteSession(path, mode=RecordMode.ONCE)
    rewrite(path, "b", "run")

    derive([path], "run")

    assert held(path) == [("a", "new"), ("b", "new"), ("c", "old")]
    assert not lock_of(path).exists()


def test_a_session_that_belongs_to_no_run_replaces_what_its_test_recorded(path: Path) -> None:
    rewrite(path, "a", "")

    assert held(path) == [("a", "new"), ("b", "old"), ("c", "old")]


def test_a_session_without_a_test_replaces_all_even_of_a_killed_run(path: Path) -> None:
    rewrite(path, "", "run")

    derive([path])

    assert held(path) == [("", "new")]


def test_sessions_of_one_run_replace_nothing_of_each_other_even_if_nothing_changed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewrite(path, "a", "")
    monkeypatch.setenv("PYTEST_XDIST_TESTRUNUID", "run")
    rewrite(path, "a", "")

    rewrite(path, "b", "")

    assert held(path) == [("a", "new"), ("b", "new"), ("c", "old")]


@pytest.mark.parametrize("torn", [b'["run", "\xff', b"7"])
def test_a_lock_that_says_nothing_that_can_be_read_says_nothing(path: Path, torn: bytes) -> None:
    lock_of(path).write_bytes(torn)
    rewrite(path, "a", "run")

    derive([path], "run")

    assert held(path) == [("a", "new")]
