"""What nobody plays any more, and a cassette without it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from harness.errors import CassetteError
from harness.formats import load, save
from harness.interactions import Cassette
from harness.journal import fingerprint
from harness.upkeep._owners import Owners
from harness.upkeep._places import doctor_command, project_around, quoted, rename_command
from harness.upkeep._playbacks import Playback
from harness.upkeep._unsettled import unsettled

_UNSEEN = "nothing names it, but a program may put its name together"
_SOUGHT = "a test looks for another one, which is missing; it may be this one"


@dataclass(frozen=True, slots=True)
class Removal:
    """What is to go of a cassette."""

    cassette: str
    why: Literal["unplayed", "orphan"]
    numbers: tuple[int, ...]
    """Of its interactions, from 1."""

    whole: bool
    """Whether nothing stays, and the file goes too."""


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A cassette that nothing can be said of."""

    cassette: str
    why: str
    fix: str
    """The command that helps, or that removes it all the same; empty for none."""


@dataclass(frozen=True, slots=True)
class Pruning:
    """What `harness cassettes prune` would do, or has done."""

    removals: tuple[Removal, ...]
    left_alone: tuple[LeftAlone, ...]
    written: bool = False
    """Whether it is done."""


def to_prune(
    playbacks: Iterable[Playback], cassettes: Sequence[Path], meant: Collection[Path] = ()
) -> Pruning:
    """What can go: interactions that no run asked for, and cassettes that nothing asks for.

    Args:
        playbacks: What was played.
        cassettes: Those among which to look for orphans.
        meant: Those among them that may also go if it is only not seen that anything asks for them.
    """
    by_cassette: defaultdict[str, list[Playback]] = defaultdict(list)
    for playback in playbacks:
        by_cassette[playback.cassette].append(playback)
    found: list[Removal | LeftAlone] = []
    for name, each in sorted(by_cassette.items()):
        found += _of_played(name, each)
    known = {Path(name).resolve() for name in by_cassette}
    found += _orphans([path for path in cassettes if path.resolve() not in known], meant)
    return Pruning(
        tuple(each for each in found if isinstance(each, Removal)),
        tuple(each for each in found if isinstance(each, LeftAlone)),
    )


def prune_command(cassette: Path) -> str:
    """What removes a cassette of which it is not seen that anything asks for it."""
    return f"harness cassettes prune --cassettes {quoted(cassette)} --write"


def prune(plan: Pruning) -> Pruning:
    """Does what was planned; each file is written whole, or stays as it was."""
    for removal in plan.removals:
        path = Path(removal.cassette)
        if removal.whole:
            path.unlink()
        else:
            save(path, without(load(path), {number - 1 for number in removal.numbers}))
    return replace(plan, written=True)


def without(cassette: Cassette, positions: Collection[int]) -> Cassette:
    """The cassette without some of its interactions; what lay beneath another keeps its place."""
    kept = [at for at in range(len(cassette.interactions)) if at not in positions]
    number_by_old = {old + 1: new for new, old in enumerate(kept, start=1)}
    interactions = []
    for position in kept:
        each = cassette.interactions[position]
        beneath = tuple(number_by_old[old] for old in each.beneath if old in number_by_old)
        interactions.append(replace(each, beneath=beneath))
    return replace(cassette, interactions=tuple(interactions))


def _of_played(name: str, playbacks: Sequence[Playback]) -> Iterator[Removal | LeftAlone]:
    path = Path(name)
    if not path.exists():
        return
    if waits := unsettled(path):
        yield LeftAlone(name, *waits)
        return
    try:
        cassette = load(path)
    except CassetteError as error:
        yield LeftAlone(name, str(error), doctor_command(path))
        return
    if doubt := next(_doubts(name, cassette, playbacks), None):
        yield doubt
        return
    unplayed = set.intersection(*(set(each.unplayed) for each in playbacks))
    if unplayed:
        is_whole = len(unplayed) == len(cassette.interactions)
        yield Removal(name, "unplayed", tuple(sorted(unplayed)), is_whole)


def _doubts(name: str, cassette: Cassette, playbacks: Sequence[Playback]) -> Iterator[LeftAlone]:
    """Why what was played says nothing about the rest; nothing if it does."""
    now = fingerprint(cassette)
    for each in playbacks:
        if each.fingerprint != now:
            yield LeftAlone(name, f"it is not what {each.owner} played", "")
        if each.problem:
            why = f"{each.owner} ended with an error: {each.problem.splitlines()[0]}"
            yield LeftAlone(name, why, "")
        if each.misses:
            yield LeftAlone(name, f"{each.owner} missed {each.misses[0].asked}", each.rerecord)


def _orphans(cassettes: Iterable[Path], meant: Collection[Path]) -> Iterator[Removal | LeftAlone]:
    owners_in = cache(Owners)
    for path in cassettes:
        known = owners_in(project_around(path))
        if known.has_owner(path):
            if path in meant:
                yield LeftAlone(path.as_posix(), "something asks for it", "")
        elif path not in meant and (sought := known.sought_like(path)):
            there = sought[0].relative_to(known.project)
            yield LeftAlone(path.as_posix(), _SOUGHT, rename_command(path, there))
        else:
            yield _unowned(path, path in meant or known.is_orphan(path))


def _unowned(path: Path, may_go: bool) -> Removal | LeftAlone:
    name = path.as_posix()
    if not may_go:
        return LeftAlone(name, _UNSEEN, prune_command(path))
    if waits := unsettled(path):
        return LeftAlone(name, *waits)
    try:
        count = len(load(path).interactions)
    except CassetteError as error:
        return LeftAlone(name, str(error), doctor_command(path))
    return Removal(name, "orphan", tuple(range(1, count + 1)), whole=True)
