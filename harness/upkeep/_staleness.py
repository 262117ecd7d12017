"""Which recordings the code has left behind, and what it costs to follow it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from harness.errors import CassetteError
from harness.formats import load
from harness.interactions import Cassette, Interaction
from harness.upkeep._costs import NOTHING, Cost, cost_of
from harness.upkeep._exchange import model_of
from harness.upkeep._playbacks import Missed, Playback


@dataclass(frozen=True, slots=True)
class StaleInteraction:
    """A recording that nothing asks for any more."""

    number: int
    """From 1."""

    asked_by: str
    """Who asked, outermost first, each with its turn: `team#1/writer#3`."""

    model: str


@dataclass(frozen=True, slots=True)
class StaleCassette:
    """A cassette that no longer matches its scenario or test."""

    cassette: str
    owner: str
    misses: tuple[Missed, ...]
    """The first one is the cause; what comes behind it may follow from it."""

    interactions: tuple[StaleInteraction, ...]
    """What has to be recorded again."""

    cost: Cost
    """What that took the last time."""

    rerecord: str
    """The command that records all of the cassette again."""


@dataclass(frozen=True, slots=True)
class Unrun:
    """A scenario or test of which nothing can be said."""

    owner: str
    why: str


@dataclass(frozen=True, slots=True)
class Staleness:
    """What `harness stale` tells."""

    fresh: int
    """How many still match."""

    stale: tuple[StaleCassette, ...]
    unrun: tuple[Unrun, ...]
    cost: Cost
    """Of all that has to be recorded again."""

    recorded: tuple[str, ...] = ()
    """The cassettes that were recorded again."""


def staleness_of(playbacks: Iterable[Playback], at: datetime) -> Staleness:
    """Judges recordings by what became of them when they were played.

    Args:
        playbacks: What was played.
        at: When it would be recorded again, for prices.
    """
    fresh = 0
    stale: list[StaleCassette] = []
    unrun: list[Unrun] = []
    for each in playbacks:
        if each.misses:
            stale.append(_stale(each, at))
        elif each.problem:
            unrun.append(Unrun(each.owner, each.problem))
        else:
            fresh += 1
    cost = sum((each.cost for each in stale), start=NOTHING)
    return Staleness(fresh, tuple(stale), tuple(unrun), cost)


def _stale(playback: Playback, at: datetime) -> StaleCassette:
    cassette = _loaded(Path(playback.cassette))
    count = len(cassette.interactions)
    positions = [number - 1 for number in playback.unplayed if number <= count]
    return StaleCassette(
        cassette=playback.cassette,
        owner=playback.owner,
        misses=playback.misses,
        interactions=tuple(_told(each, cassette.interactions[each]) for each in positions),
        cost=cost_of(cassette.interactions, positions, at),
        rerecord=playback.rerecord,
    )


def _loaded(path: Path) -> Cassette:
    try:
        return load(path)
    except CassetteError:
        # A missing one is the commonest reason for a miss.
        return Cassette()


def _told(position: int, interaction: Interaction) -> StaleInteraction:
    who = "/".join(interaction.agent_path)
    return StaleInteraction(position + 1, who, model_of(interaction))
