"""What became of cassettes, on its way from the tests to the end of the session."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from harness.upkeep import Playback

Unplayed = tuple[int, str]
"""An interaction's number, from 1, and the test that it was recorded for."""


class Evidence(TypedDict):
    """What became of one cassette in one test; it travels from pytest-xdist's workers as JSON."""

    cassette: str
    owner: str
    rerecord: str
    mode: str
    fingerprint: str
    played: int
    unplayed: list[Unplayed]
    label: str
    misses: list[tuple[str, str, str]]
    problem: str
    expired: str
    reaction: str
    left_out: dict[str, int]
    """Headers with credentials that its recording doesn't mention, and how many requests had them.
    """


def playbacks_of(evidence: Iterable[Evidence]) -> "list[Playback]":
    """The evidence in the form in which the commands for cassettes read it.

    What was recorded for a test that was not run now, was not left unplayed.
    """
    from harness.upkeep import Missed, Playback

    played = [each for each in evidence if each["mode"] == "none"]
    run: defaultdict[str, set[str]] = defaultdict(set)
    for each in played:
        run[each["cassette"]].add(each["label"])
    return [
        Playback(
            cassette=Path(each["cassette"]).as_posix(),
            owner=each["owner"],
            rerecord=each["rerecord"],
            fingerprint=each["fingerprint"],
            unplayed=_of_tests(each["unplayed"], run[each["cassette"]]),
            misses=tuple(Missed(*miss) for miss in each["misses"]),
            problem=each["problem"],
        )
        for each in sorted(played, key=lambda each: (each["cassette"], each["owner"]))
    ]


def left_unplayed(each: Evidence) -> list[int]:
    """Numbers of what a test should have asked for and did not; none if it failed."""
    if each["problem"] or each["misses"] or each["mode"] != "none":
        return []
    label = each["label"]
    return [number for number, test in each["unplayed"] if not label or test == label]


def _of_tests(unplayed: Sequence[Unplayed], tests: set[str]) -> tuple[int, ...]:
    return tuple(number for number, test in unplayed if test in tests or "" in tests)
