"""`harness cassettes merge`: what several cassettes hold, once."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.formats import load
from harness.interactions import Interaction
from tests.harness.commands._running import Told, cassette_file, document, interaction, told

HI, BYE, WELL = (interaction(text, "Hello") for text in ("Hi", "Bye", "Well"))
OTHER = interaction("Hi", "Good day")

CONFLICT = """\
a.yaml#1 and b.yaml#2 (writer) answer differently: 'Hi'
1 conflict; nothing was written. Add --keep first, last or both."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def merged(*arguments: str) -> tuple[Interaction, ...]:
    assert told("merge", "a.yaml", "b.yaml", "-o", "c.yaml", *arguments).code == 0
    return load(Path("c.yaml")).interactions


def test_what_both_hold_stands_there_once() -> None:
    cassette_file(Path("a.yaml"), HI, BYE)
    cassette_file(Path("b.yaml"), BYE, WELL, day="2026-02-02")

    done = told("merge", "a.yaml", "b.yaml", "-o", "c.yaml")

    assert done == Told(0, "c.yaml: 3 interactions of 2 files, 1 left out as double.")
    assert load(Path("c.yaml")).interactions == (HI, BYE, WELL)
    assert load(Path("c.yaml")).header.recorded == "2026-02-02"


def test_a_conflict_is_named_and_nothing_is_written() -> None:
    cassette_file(Path("a.yaml"), HI, BYE)
    cassette_file(Path("b.yaml"), BYE, OTHER)

    assert told("merge", "a.yaml", "b.yaml", "-o", "c.yaml") == Told(1, CONFLICT)
    assert not Path("c.yaml").exists()


@pytest.mark.parametrize(
    ("keep", "kept"), [("first", (HI, BYE)), ("last", (BYE, OTHER)), ("both", (HI, BYE, OTHER))]
)
def test_it_is_said_whose_answers_stay(keep: str, kept: tuple[Interaction, ...]) -> None:
    cassette_file(Path("a.yaml"), HI, BYE)
    cassette_file(Path("b.yaml"), BYE, OTHER)

    assert set(merged("--keep", keep)) == set(kept)


def test_equal_requests_stay_as_often_as_they_were_asked() -> None:
    cassette_file(Path("a.yaml"), HI, HI)
    cassette_file(Path("b.yaml"), HI, HI, HI)

    assert merged() == (HI, HI, HI)


def test_tests_follow_each_other_by_name() -> None:
    first, last = (replace(HI, test=name) for name in ("test_a", "test_b"))
    cassette_file(Path("a.yaml"), last)
    cassette_file(Path("b.yaml"), first)

    assert merged() == (first, last)


def test_what_lies_beneath_a_call_is_found_in_the_merged_cassette() -> None:
    above = replace(WELL, request=replace(WELL.request, method="CREATE"), beneath=(2,))
    cassette_file(Path("a.yaml"), BYE, HI)
    cassette_file(Path("b.yaml"), WELL, HI, above)

    assert merged() == (BYE, HI, WELL, above)


def test_a_file_that_is_there_is_not_written_over() -> None:
    cassette_file(Path("a.yaml"), HI)
    cassette_file(Path("b.yaml"), BYE)
    cassette_file(Path("c.yaml"), WELL)

    with pytest.raises(UsageError, match=r"There is a c\.yaml already"):
        told("merge", "a.yaml", "b.yaml", "-o", "c.yaml")
    assert merged("--force") == (HI, BYE)


def test_conflicts_are_told_as_json_too() -> None:
    cassette_file(Path("a.yaml"), HI)
    cassette_file(Path("b.yaml"), OTHER)

    merging = document("merge", "a.yaml", "b.yaml", "-o", "c.yaml")

    assert merging == {
        "command": "cassettes merge",
        "version": 1,
        "into": "c.yaml",
        "sources": ["a.yaml", "b.yaml"],
        "interactions": 1,
        "once": 1,
        "conflicts": [
            {"files": ["a.yaml", "b.yaml"], "numbers": [1, 1], "agent": "writer", "asked": "Hi"}
        ],
        "written": False,
    }


def test_one_cassette_is_not_enough() -> None:
    cassette_file(Path("a.yaml"), HI)

    with pytest.raises(UsageError, match="at least two"):
        told("merge", "a.yaml", "-o", "c.yaml")
