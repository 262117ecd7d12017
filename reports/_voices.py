"""Who speaks: a colour and an initial for each participant of a trial."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zlib import crc32

COLOURS = 12


@dataclass(frozen=True, slots=True)
class Voice:
    """A participant, as the page shows it."""

    name: str
    initial: str
    colour: int | None
    """From 0 to COLOURS - 1; None for the user, who is not one of the agents."""


def voices(names: Iterable[str]) -> Mapping[str, Voice]:
    """A voice for each name.

    The name decides the colour, so an agent keeps it from trial to trial and from run to run;
    only one that comes later into the same conversation yields to the next free colour.
    """
    voice_of_name: dict[str, Voice] = {}
    taken: set[int] = set()
    for name in dict.fromkeys(names):
        colour = None if name == "user" else _free(crc32(name.encode()) % COLOURS, taken)
        if colour is not None:
            taken.add(colour)
        voice_of_name[name] = Voice(name, name.strip()[:1].upper() or "·", colour)
    return voice_of_name


def _free(wanted: int, taken: set[int]) -> int:
    nearest = ((wanted + step) % COLOURS for step in range(COLOURS))
    return next((colour for colour in nearest if colour not in taken), wanted)
