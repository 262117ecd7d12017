"""Cassettes at a glance: what each holds, where it comes from, and what is to be seen to."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from harness.comparison import model_of
from harness.errors import CassetteError
from harness.formats import load
from harness.interactions import Cassette
from harness.journal import pending
from harness.session import expired
from harness.upkeep._owners import Owners
from harness.upkeep._places import project_around

Mark = Literal["unreadable", "journal", "unfinished", "expired", "orphan", "unnamed"]
"""`journal`: recorded exchanges wait beside it; `unfinished`: its recording was broken off;
`orphan`: the scenario or test that it mirrors is gone; `unnamed`: nothing in the project names it,
but a program may put its name together."""

Stated = Literal["live", "scripted", "unknown"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A cassette, as a row of the table."""

    file: str
    interactions: int
    hosts: tuple[str, ...]
    models: tuple[str, ...]
    origin: Stated
    """Who answered; `unknown` for what can't be read."""

    recorded: str
    """The day; empty when the file doesn't say."""

    days: int | None
    """Its age."""

    size_bytes: int
    marks: tuple[Mark, ...] = ()
    problem: str = ""
    """Why it can't be read."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What `harness cassettes list` tells."""

    cassettes: tuple[Entry, ...]


def listed(files: Iterable[Path], expire_days: int) -> Listing:
    """Looks into cassettes of any recorder.

    Args:
        files: The cassettes.
        expire_days: The age, in days, beyond which one is marked as expired.
    """
    owners_in = cache(Owners)
    entries = (_entry(file, expire_days, owners_in(project_around(file))) for file in files)
    return Listing(tuple(entries))


def _entry(file: Path, expire_days: int, owners: Owners) -> Entry:
    name, size = file.as_posix(), file.stat().st_size
    try:
        cassette = load(file)
    except CassetteError as error:
        return Entry(name, 0, (), (), "unknown", "", None, size, ("unreadable",), str(error))
    header = cassette.header
    # Every cassette is older than "less than no days".
    age = expired(file, header, -1)
    days = None if age is None else age.days
    return Entry(
        file=name,
        interactions=len(cassette.interactions),
        hosts=cassette.hosts,
        models=models_of(cassette),
        origin=header.origin,
        recorded=header.recorded,
        days=days,
        size_bytes=size,
        marks=tuple(_marks(file, cassette, (days or 0) > expire_days, owners)),
    )


def models_of(cassette: Cassette) -> tuple[str, ...]:
    """The models that were asked, sorted."""
    return tuple(sorted({model_of(each) for each in cassette.interactions} - {""}))


def _marks(file: Path, cassette: Cassette, is_expired: bool, owners: Owners) -> Iterable[Mark]:
    if any(not each.is_in_use for each in pending(file)):
        yield "journal"
    if cassette.header.unfinished:
        yield "unfinished"
    if is_expired:
        yield "expired"
    if not owners.has_owner(file):
        yield "orphan" if owners.is_orphan(file) else "unnamed"
