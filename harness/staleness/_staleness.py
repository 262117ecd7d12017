"""Which recordings the code has left behind, and what it costs to follow it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from harness.comparison import model_of
from harness.errors import CassetteError
from harness.formats import load
from harness.interactions import Cassette, Interaction
from harness.journal import fingerprint
from harness.prices import price_table
from harness.staleness._costs import NOTHING, Cost, cost_of
from harness.upkeep import Missed, Playback


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
    """What has to be recorded again: no scenario or test that was run plays it."""

    cost: Cost
    """What that took the last time; of a cassette that several share, the whole of it."""

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
    """How many cassettes still match."""

    stale: tuple[StaleCassette, ...]
    """One for each scenario or test whose cassette does not."""

    unrun: tuple[Unrun, ...]
    cost: Cost
    """Of all that has to be recorded again."""

    prices: str
    """The table that prices come from, with its version: `genai-prices 0.2.3`."""

    recorded: tuple[str, ...] = ()
    """The cassettes that were recorded again."""


def staleness_of(playbacks: Iterable[Playback], at: datetime) -> Staleness:
    """Judges recordings by what became of them when they were played.

    Args:
        playbacks: What was played.
        at: When it would be recorded again, for prices.
    """
    by_cassette: defaultdict[str, list[Playback]] = defaultdict(list)
    for each in playbacks:
        by_cassette[each.cassette].append(each)
    judged = [_judged(name, played, at) for name, played in by_cassette.items()]
    return Staleness(
        fresh=sum(not each.stale and not each.unrun for each in judged),
        stale=tuple(stale for each in judged for stale in each.stale),
        unrun=tuple(unrun for each in judged for unrun in each.unrun),
        cost=sum((each.stale[0].cost for each in judged if each.stale), start=NOTHING),
        prices=price_table(),
    )


class _Judged(NamedTuple):
    """A cassette, by all that played it."""

    stale: list[StaleCassette]
    unrun: list[Unrun]


def _judged(name: str, played: Sequence[Playback], at: datetime) -> _Judged:
    cassette = _loaded(Path(name))
    now = fingerprint(cassette)
    why_by_owner = {each.owner: _why_not(each, now) for each in played}
    missed = [each for each in played if each.misses and not why_by_owner[each.owner]]
    # What another one plays need not be asked again.
    unplayed = set.intersection(*(set(each.unplayed) for each in played))
    count = len(cassette.interactions)
    positions = sorted(number - 1 for number in unplayed if number <= count)
    interactions = tuple(_told(each, cassette.interactions[each]) for each in positions)
    cost = cost_of(cassette.interactions, positions, at)
    return _Judged(
        [
            StaleCassette(name, each.owner, each.misses, interactions, cost, each.rerecord)
            for each in missed
        ],
        [Unrun(owner, why) for owner, why in why_by_owner.items() if why],
    )


def _why_not(playback: Playback, now: str) -> str:
    """Why what was played tells nothing of the cassette, by its fingerprint; empty if it does."""
    if playback.fingerprint and playback.fingerprint != now:
        again = playback.rerecord.partition(" --record-mode")[0]
        return f"{playback.cassette} has changed since it was played; play it again: {again}"
    return "" if playback.misses else playback.problem


def _loaded(path: Path) -> Cassette:
    try:
        return load(path)
    except CassetteError:
        # A missing one is the commonest reason for a miss.
        return Cassette()


def _told(position: int, interaction: Interaction) -> StaleInteraction:
    who = "/".join(interaction.agent_path)
    return StaleInteraction(position + 1, who, model_of(interaction))
