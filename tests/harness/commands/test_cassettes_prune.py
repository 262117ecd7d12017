"""`harness cassettes prune`: what nobody plays any more goes, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import UnreadableRun, UsageError
from harness.formats import load
from harness.interactions import Cassette
from harness.journal import fingerprint
from harness.upkeep import Missed, Playback, without, write_playbacks
from tests.harness.commands._running import (
    Told,
    being_recorded,
    cassette_file,
    document,
    interaction,
    told,
)

HI, BYE, WELL = (interaction(text, "Hello") for text in ("Hi", "Bye", "Well"))
SHARED = Path("cassettes/shared.yaml")

PLANNED = """\
cassette                       why       interactions  what goes
cassettes/shared.yaml          unplayed  1             interactions 2
cassettes/test_it/test_a.yaml  orphan    1             the file
1 cassette left alone: nothing names it, but a program may put its name together
  cassettes/its own.yaml
    harness cassettes prune --cassettes 'cassettes/its own.yaml' --write
Would remove 2 interactions in 2 cassettes; add --write to do it."""
ORPHAN = Path("cassettes/test_it/test_a.yaml")


LEFT = """\
1 cassette left alone: nothing names it, but a program may put its name together
  cassettes/its own.yaml
    harness cassettes prune --cassettes 'cassettes/its own.yaml' --write
Nothing to remove."""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "pyproject.toml").touch()
    cassette_file(SHARED, HI, BYE, WELL)
    (tmp_path / "test_it.py").write_text('CASSETTE = "cassettes/shared.yaml"', encoding="utf-8")
    return tmp_path


def evidence(*playbacks: Playback) -> str:
    write_playbacks(Path("run.json"), playbacks)
    return "run.json"


def left_by_pytest(*playbacks: Playback) -> None:
    left = Path(".pytest_cache/d/harness/playbacks.json")
    left.parent.mkdir(parents=True)
    write_playbacks(left, playbacks)


def played(*unplayed: int, misses: tuple[Missed, ...] = (), problem: str = "") -> Playback:
    name = fingerprint(load(SHARED))
    return Playback(SHARED.as_posix(), "t.py::test", "pytest", name, unplayed, misses, problem)


def test_it_is_only_told_what_would_go() -> None:
    cassette_file(ORPHAN, HI)
    cassette_file(Path("cassettes/its own.yaml"), HI)
    before = SHARED.read_bytes()

    planned = told("prune", "--unplayed-from", evidence(played(1, 2), played(2, 3)))

    assert planned == Told(1, PLANNED)
    assert SHARED.read_bytes() == before


def test_what_no_test_played_goes_when_it_is_wanted() -> None:
    cassette_file(ORPHAN, HI)

    done = told("prune", "--unplayed-from", evidence(played(1, 2), played(2, 3)), "--write")

    assert done.code == 0
    assert done.text.endswith("Removed 2 interactions in 2 cassettes.")
    assert load(SHARED).interactions == (HI, WELL)
    assert not ORPHAN.exists()


def test_a_cassette_of_which_nothing_is_played_goes_whole() -> None:
    told("prune", "--unplayed-from", evidence(played(1, 2, 3)), "--write")

    assert not SHARED.exists()


@pytest.mark.parametrize(
    ("playback", "why", "fix"),
    [
        (
            {"misses": (Missed("model call 1", "a changed prompt", ""),)},
            "t.py::test missed model call 1",
            "pytest",
        ),
        ({"problem": "OSError: gone\nat x"}, "t.py::test ended with an error: OSError: gone", ""),
        ({"fingerprint": "another"}, "it is not what t.py::test played", ""),
    ],
)
def test_a_cassette_of_which_the_run_says_too_little_is_left_alone(
    playback: dict[str, object], why: str, fix: str
) -> None:
    doubtful = replace(played(2), **playback)  # type: ignore[arg-type]

    plan = document("prune", "--unplayed-from", evidence(doubtful, played(2)), "--write")

    assert plan["removals"] == []
    assert plan["left_alone"] == [{"cassette": "cassettes/shared.yaml", "why": why, "fix": fix}]
    assert len(load(SHARED).interactions) == 3


def test_what_lies_beneath_keeps_its_place() -> None:
    above = replace(WELL, request=replace(WELL.request, method="CREATE"), beneath=(2,))

    left = without(Cassette(interactions=(HI, BYE, above)), {0})

    assert left.interactions == (BYE, replace(above, beneath=(1,)))


def test_with_nothing_unplayed_there_is_nothing_to_do() -> None:
    assert told("prune", "--unplayed-from", evidence(played())) == Told(0, "Nothing to remove.")


def test_what_pytest_has_left_is_taken_into_account_without_being_named() -> None:
    left_by_pytest(played(1, 2), played(2, 3))

    removals = document("prune")["removals"]

    assert [(each["cassette"], each["numbers"]) for each in removals] == [(SHARED.as_posix(), [2])]


def test_what_a_renamed_test_looks_for_under_its_new_name_is_kept() -> None:
    Path("test_it.py").write_text("def test_new(case): ...\ndef test_it(case): ...")
    for name in ("test_old[1]", "test_old[2]", "test_it[1]"):
        cassette_file(Path(f"cassettes/test_it/{name}.yaml"), HI)
    sought = "cassettes/test_it/test_new[1].yaml"
    left_by_pytest(Playback(sought, "test_it.py::test_new[1]", "pytest", "", ()))

    pruning = document("prune")

    gone = [each["cassette"] for each in pruning["removals"]]
    assert gone == ["cassettes/test_it/test_old[2].yaml"]
    (kept,) = (each for each in pruning["left_alone"] if "test_it" in each["cassette"])
    assert kept == {
        "cassette": "cassettes/test_it/test_old[1].yaml",
        "why": "a test looks for another one, which is missing; it may be this one",
        "fix": f"harness cassettes rename 'cassettes/test_it/test_old[1].yaml' '{sought}' --write",
    }


def test_where_there_is_nothing_to_look_into_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    with pytest.raises(UsageError, match="There is no folder 'cassettes' here"):
        told("prune")


def test_evidence_that_is_missing_is_told() -> None:
    with pytest.raises(UnreadableRun, match=r"run\.json: No such file"):
        told("prune", "--unplayed-from", "run.json")


def test_what_nothing_names_goes_when_it_is_asked_for_by_name() -> None:
    unnamed = cassette_file(Path("cassettes/its own.yaml"), HI)

    assert told("prune", "--write") == Told(0, LEFT)
    assert told("prune", "--cassettes", unnamed, "--write").code == 0
    assert (unnamed.exists(), SHARED.exists()) == (False, True)


def test_what_is_being_recorded_is_left_alone() -> None:
    unnamed = cassette_file(Path("cassettes/its own.yaml"), HI)

    with being_recorded(unnamed):
        plan = document("prune", "--cassettes", unnamed, "--write")

    assert [each["why"] for each in plan["left_alone"]] == ["it is being recorded just now"]
    assert len(load(unnamed).interactions) == 2


def test_what_is_asked_for_stays_also_when_it_is_named() -> None:
    plan = document("prune", "--cassettes", SHARED, "--write")

    assert [each["why"] for each in plan["left_alone"]] == ["something asks for it"]
    assert SHARED.exists()


@pytest.mark.parametrize(
    ("place", "program"),
    [
        ("a name.yaml", 'cassette("a name")'),
        ("tests/test_a.yaml", "pytestmark = cassette(scope='module')"),
        ("tests/test_a/TestIt.yaml", "@cassette(scope='class')\nclass TestIt: ..."),
        ("tests/__init__.yaml", "pytestmark = cassette(scope='package')"),
        ("__init__.yaml", "pytestmark = cassette(scope='package')"),
        ("session.yaml", "pytestmark = cassette(scope='session')"),
    ],
)
def test_what_a_marker_of_any_scope_plays_is_no_orphan(place: str, program: str) -> None:
    Path("tests").mkdir()
    Path("tests/test_a.py").write_text(program, encoding="utf-8")
    cassette_file(Path("cassettes", place), HI)

    plan = document("prune")

    assert (plan["removals"], plan["left_alone"]) == ([], [])


@pytest.mark.parametrize(
    "name", ["TestIt.test_inherited.yaml", "test_of_a_long_name[~0123456789].yaml"]
)
def test_a_test_that_is_only_not_seen_does_not_cost_its_cassette(name: str) -> None:
    Path("test_it.py").write_text("class TestIt(Base): ...", encoding="utf-8")
    cassette_file(Path("cassettes/test_it", name), HI)

    assert document("prune")["removals"] == []


@pytest.mark.parametrize("place", ["tests/test_gone/test_b.yaml", "tests/test_gone.yaml"])
def test_a_file_of_tests_that_is_gone_leaves_orphans_unless_something_says_its_name(
    place: str,
) -> None:
    cassette_file(Path("cassettes", place), HI)

    (removal,) = document("prune")["removals"]
    Path("other.py").write_text('play(f"test_gone/{case}")', encoding="utf-8")

    assert (removal["cassette"], removal["why"]) == (f"cassettes/{place}", "orphan")
    assert document("prune")["removals"] == []


def test_what_pytest_played_has_an_owner_whatever_it_is_called() -> None:
    place = cassette_file(Path("cassettes/put/together.yaml"), HI)
    name = fingerprint(load(place))
    left_by_pytest(Playback(place.as_posix(), "t.py::t", "pytest", name, ()))

    assert document("prune")["left_alone"] == []
