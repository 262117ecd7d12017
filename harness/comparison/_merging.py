"""Several cassettes as one: what both hold stands there once."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from harness.answers import answer_of
from harness.comparison._comparison import without_volatile
from harness.comparison._exchange import exchanges
from harness.formats import imported, load
from harness.interactions import Cassette, Interaction, Response, Unanswered
from harness.matching import Matcher

Keep = Literal["first", "last", "both"]
"""Whose answers stay where several cassettes answer a request differently."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A request that cassettes answer differently."""

    files: tuple[str, str]
    numbers: tuple[int, int]
    """Of the interactions in those files, from 1: the first ones that differ."""

    agent: str
    asked: str
    """The last thing that the request says."""


@dataclass(frozen=True, slots=True)
class Merging:
    """What `harness cassettes merge` tells."""

    into: str
    sources: tuple[str, ...]
    interactions: int
    once: int
    """How many were in several sources, and stand there once."""

    conflicts: tuple[Conflict, ...]
    written: bool


@dataclass(eq=False, slots=True)
class _Item:
    """An interaction on its way, with where it comes from."""

    interaction: Interaction
    file: int
    number: int
    stand_in: "_Item | None" = None
    """The one that stays in its place."""


def merged(sources: Sequence[Path], keep: Keep | None) -> tuple[Cassette, Merging]:
    """One cassette of several, and how it came about; nothing is written.

    A request that several hold, with the same answers, stands there as often as in the one that has
    it most often. Tests follow each other by name, as in every cassette.

    Args:
        sources: At least two, in any known format.
        keep: Whose answers stay in a conflict; None keeps the first ones'.

    Raises:
        UnreadableCassette: One can't be read.
    """
    whole = imported(sources, lambda each: each)
    items = _items(sources, whole)
    conflicts: list[Conflict] = []
    kept: list[_Item] = []
    for same in _by_key(items).values():
        kept += _resolved(same, keep or "first", sources, conflicts)
    order = {id(item): place for place, item in enumerate(items)}
    kept.sort(key=lambda item: (item.interaction.test, order[id(item)]))
    number_by_item = {id(item): number for number, item in enumerate(kept, start=1)}
    number_by_old = {
        old: number_by_item[id(_final(item))] for old, item in enumerate(items, start=1)
    }
    interactions = tuple(
        replace(
            item.interaction,
            beneath=tuple(number_by_old[old] for old in item.interaction.beneath),
        )
        for item in kept
    )
    merging = Merging(
        into="",
        sources=tuple(each.as_posix() for each in sources),
        interactions=len(kept),
        once=len(items) - len(kept),
        conflicts=tuple(conflicts),
        written=False,
    )
    return replace(whole, interactions=interactions), merging


def _items(sources: Sequence[Path], whole: Cassette) -> list[_Item]:
    items = iter(whole.interactions)
    return [
        _Item(next(items), file, number)
        for file, source in enumerate(sources)
        for number in range(1, len(load(source).interactions) + 1)
    ]


def _by_key(items: Sequence[_Item]) -> dict[Hashable, list[_Item]]:
    matcher = Matcher()
    by_key: defaultdict[Hashable, list[_Item]] = defaultdict(list)
    for item in items:
        each = item.interaction
        by_key[matcher.digest(each.request), each.agent_path, each.test].append(item)
    return by_key


def _resolved(
    same: Sequence[_Item], keep: Keep, sources: Sequence[Path], conflicts: list[Conflict]
) -> list[_Item]:
    """What stays of the items of one key."""
    by_file: defaultdict[int, list[_Item]] = defaultdict(list)
    for item in same:
        by_file[item.file].append(item)
    first, *others = by_file.values()
    for other in others:
        pairs = list(zip(first, other, strict=False))
        parted = next((pair for pair in pairs if _answer(pair[0]) != _answer(pair[1])), None)
        if parted is None:
            # One is a beginning of the other, or just as long.
            first = _replaced(*sorted((other, first), key=len))
            continue
        conflicts.append(_conflict(*parted, sources))
        if keep == "both":
            alike = pairs.index(parted)
            _replaced(other[:alike], first)
            first = [*first, *other[alike:]]
        else:
            first = _replaced(*((other, first) if keep == "first" else (first, other)))
    return first


def _replaced(gone: list[_Item], stays: list[_Item]) -> list[_Item]:
    for position, item in enumerate(gone):
        item.stand_in = stays[min(position, len(stays) - 1)]
    return stays


def _final(item: _Item) -> _Item:
    return item if item.stand_in is None else _final(item.stand_in)


def _answer(item: _Item) -> Hashable:
    """What is answered, whatever the ids and times."""
    response: Response | Unanswered = item.interaction.response
    if isinstance(response, Unanswered):
        return response.ending
    said = without_volatile(answer_of(item.interaction))
    return response.status, response.ending, repr(said) if said else response.content


def _conflict(one: _Item, other: _Item, sources: Sequence[Path]) -> Conflict:
    (told,) = exchanges([one.interaction])
    return Conflict(
        (sources[one.file].as_posix(), sources[other.file].as_posix()),
        (one.number, other.number),
        one.interaction.agent,
        told.messages[-1].text if told.messages else "",
    )
