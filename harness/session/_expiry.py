"""Cassettes that are too old to be trusted."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

from agentchat.core._world import SystemWorld
from harness.interactions import Header


class Expired(NamedTuple):
    """A cassette that is older than it should be."""

    cassette: Path
    recorded: str
    """The day, as `2026-08-22`."""

    days: int
    """Its age."""

    def __str__(self) -> str:
        return f"{self.cassette} was recorded on {self.recorded}, {self.days} days ago"


def expired(cassette: Path, header: Header, days: int) -> Expired | None:
    """What to say of a cassette that is older than so many days; None when it is not.

    One that does not say when it was recorded, has no age.
    """
    try:
        recorded = date.fromisoformat(header.recorded)
    except ValueError:
        return None
    # Whatever clock the run has.
    age = (SystemWorld().now().date() - recorded).days
    return Expired(cassette, header.recorded, age) if age > days else None
