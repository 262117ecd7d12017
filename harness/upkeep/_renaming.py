"""Cassettes under other names, and the programs that name them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from harness.errors import UsageError, explained
from harness.formats import replace_bytes
from harness.upkeep._owners import Owners
from harness.upkeep._places import (
    cassettes_in,
    missing,
    place_of,
    project_around,
    quoted,
    scenario_of,
)
from harness.upkeep._references import Reference, references, rewritten
from harness.upkeep._unsettled import unsettled


@dataclass(frozen=True, slots=True)
class Move:
    """A cassette under another name."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Renaming:
    """What `harness cassettes rename` would do, or has done."""

    moves: tuple[Move, ...]
    references: tuple[Reference, ...]
    without_scenario: tuple[str, ...]
    """New names that belong to no scenario, though the old ones did: the story is still to be
    renamed."""

    written: bool = False
    """Whether it is done."""


def to_rename(old: Path, new: Path, *, overwrite: bool) -> Renaming:
    """What a renaming comes to: files that move, and texts in the project's programs that follow.

    Args:
        old: A cassette, or a folder of them.
        new: Its new name; of a file, a folder that is there already takes it in.
        overwrite: Whether a cassette may stand at the new name.

    Raises:
        UsageError: There is nothing to rename, the new name is taken, or recorded exchanges wait.
    """
    if not old.exists():
        raise missing(old)
    if old.is_file() and new.is_dir():
        new = new / old.name
    moves = list(_moves(old, new))
    for move in moves:
        _check(Path(move.old), Path(move.new), overwrite)
    places = {place_of(Path(each.old)): place_of(Path(each.new)) for each in moves}
    found = [
        reference
        for file in Owners(project_around(old)).files
        for reference, _ in references(file, places)
    ]
    return Renaming(tuple(moves), tuple(found), tuple(_without_scenario(moves)))


def rename(plan: Renaming) -> Renaming:
    """Does what was planned: the files first, then the programs."""
    places = {place_of(Path(each.old)): place_of(Path(each.new)) for each in plan.moves}
    for move in plan.moves:
        target = Path(move.new)
        target.parent.mkdir(parents=True, exist_ok=True)
        Path(move.old).replace(target)
        _remove_if_empty(Path(move.old).parent)
    for name in dict.fromkeys(each.file for each in plan.references):
        file = Path(name)
        replace_bytes(file, rewritten(file.read_bytes(), references(file, places)))
    return replace(plan, written=True)


def _moves(old: Path, new: Path) -> Iterator[Move]:
    if old.is_file():
        yield Move(old.as_posix(), new.as_posix())
        return
    files = cassettes_in([old])
    if not files:
        raise UsageError(f"There are no cassettes in {old}.")
    for file in files:
        yield Move(file.as_posix(), (new / file.relative_to(old)).as_posix())


def _check(old: Path, new: Path, overwrite: bool) -> None:
    if new.suffix != old.suffix:
        raise UsageError(f"{new} needs the suffix {old.suffix!r}, as {old} has.")
    if new.exists() and not overwrite:
        raise UsageError(
            explained(
                f"There is a {new} already.",
                fix="name another file, or add --force, or "
                f"harness cassettes merge {quoted(new)} {quoted(old)} -o {quoted(new)}",
            )
        )
    if waits := unsettled(old):
        raise UsageError(explained(f"{old}: {waits.why}.", fix=waits.fix or "wait for its end"))


def _without_scenario(moves: list[Move]) -> Iterator[str]:
    for move in moves:
        before, now = Path(move.old), Path(move.new)
        if scenario_of(before) is not None and not Owners(project_around(now)).has_owner(now):
            yield move.new


def _remove_if_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()
