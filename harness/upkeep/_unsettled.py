"""Cassettes that are not to be touched yet: what was recorded for them is not in them."""

from pathlib import Path
from typing import NamedTuple

from harness.journal import pending
from harness.upkeep._places import doctor_command


class Unsettled(NamedTuple):
    """Why a cassette is to be left as it is for now."""

    why: str
    fix: str
    """The command that helps; empty where to wait is all that helps."""


def unsettled(cassette: Path) -> Unsettled | None:
    """Why nothing may be done with a cassette; None if it is at rest."""
    found = pending(cassette)
    if any(not each.is_in_use for each in found):
        fix = f"{doctor_command(cassette)} --recover"
        return Unsettled("recorded exchanges wait beside it", fix)
    return Unsettled("it is being recorded just now", "") if found else None
