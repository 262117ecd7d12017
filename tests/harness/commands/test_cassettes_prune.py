"""`harness cassettes prune`: what nobody plays any more goes, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import UnreadableRun
from harness.formats import load
from harness.interactions import Cassette
from harness.journal import fingerprint
from harness.upkeep import Missed, Playback, without, write_playbacks
from tests.harness.commands._running import Told, cassette_file, document, interaction, told

HI, BYE, WELL = (interaction(text, "Hello") for text in ("Hi", "Bye", "Well"))
SHARED = Path("cassettes/shared.yaml")

PLANNED = """\
cassette               why       interactions  what goes
cassettes/shared.yaml  unplayed  1             interactions 2
cassettes/old.yaml     orphan    1             the file
Would remove 2 interactions in 2 cassettes; add --write to do it."""


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


def played(*unplayed: int, misses: tuple[Missed, ...] = (), problem: str = "") -> Playback:
    name = fingerprint(load(SHARED))
    return Playback(SHARED.as_posix(), "t.py::test", "pytest", name, unplayed, misses, problem)


def test_it_is_only_told_what_would_go() -> None:
    cassette_file(Path("cassettes/old.yaml"), HI)
    before = SHARED.read_bytes()

    planned = told("prune", "--unplayed-from", evidence(played(1, 2), played(2, 3)))

    assert planned == Told(1, PLANNED)
    assert SHARED.read_bytes() == before


def test_what_no_test_played_goes_when_it_is_wanted() -> None:
    cassette_file(Path("cassettes/old.yaml"), HI)

    done = told("prune", "--unplayed-from", evidence(played(1, 2), played(2, 3)), "--write")

    assert done.code == 0
    assert done.text.endswith("Removed 2 interactions in 2 cassettes.")
    assert load(SHARED).interactions == (HI, WELL)
    assert not Path("cassettes/old.yaml").exists()


def test_a_cassette_of_which_nothing_is_played_goes_whole() -> None:
    told("prune", "--unplayed-from", evidence(played(1, 2, 3)), "--write")

    assert not SHARED.exists()


@pytest.mark.parametrize(
    ("playback", "why"),
    [
        (
            {"misses": (Missed("model call 1", "a changed prompt", ""),)},
            "t.py::test missed model call 1: pytest",
        ),
        ({"problem": "OSError: gone\nat x"}, "t.py::test ended with an error: OSError: gone"),
        ({"fingerprint": "another"}, "it is not what t.py::test played"),
    ],
)
def test_a_cassette_of_which_the_run_says_too_little_is_left_alone(
    playback: dict[str, object], why: str
) -> None:
    doubtful = replace(played(2), **playback)  # type: ignore[arg-type]

    plan = document("prune", "--unplayed-from", evidence(doubtful, played(2)), "--write")

    assert plan["removals"] == []
    assert plan["left_alone"] == [{"cassette": "cassettes/shared.yaml", "why": why}]
    assert len(load(SHARED).interactions) == 3


def test_what_lies_beneath_keeps_its_place() -> None:
    above = replace(WELL, request=replace(WELL.request, method="CREATE"), beneath=(2,))

    left = without(Cassette(interactions=(HI, BYE, above)), {0})

    assert left.interactions == (BYE, replace(above, beneath=(1,)))


def test_with_nothing_unplayed_there_is_nothing_to_do() -> None:
    assert told("prune", "--unplayed-from", evidence(played())) == Told(0, "Nothing to remove.")


def test_evidence_that_is_missing_is_told() -> None:
    with pytest.raises(UnreadableRun, match=r"run\.json: No such file"):
        told("prune", "--unplayed-from", "run.json")
