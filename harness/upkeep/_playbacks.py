"""What became of cassettes when the code that they belong to ran: evidence to act upon."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from harness.errors import ReplayMiss, UnreadableRun
from harness.journal import fingerprint
from harness.session import CassetteSession


@dataclass(frozen=True, slots=True)
class Missed:
    """A request that was not in the cassette."""

    asked: str
    """Which, in words: `model call 3 of 'hello' (agent 'writer', its call 2)`."""

    cause: str
    """What it looks like: `a changed prompt`."""

    nearest: str
    """How the nearest recorded request differs; empty for none."""


@dataclass(frozen=True, slots=True)
class Playback:
    """A cassette, after a scenario or a test was run that plays it."""

    cassette: str
    """The file, from the working directory."""

    owner: str
    """The scenario's or test's id."""

    rerecord: str
    """The command that records it again."""

    fingerprint: str
    """Of the cassette as it was then; empty if there was none."""

    unplayed: tuple[int, ...]
    """Numbers, from 1, of what was not asked for."""

    misses: tuple[Missed, ...] = ()
    problem: str = ""
    """Why the run did not come to its end, if that was no miss; then what is unplayed says
    nothing."""


@dataclass(frozen=True, slots=True)
class Playbacks:
    """A file of evidence, as a test run leaves it."""

    playbacks: tuple[Playback, ...]
    harness: Literal["playbacks"] = "playbacks"
    version: Literal[1] = 1


_FILE = TypeAdapter(Playbacks)
_IN_CACHE = Path(".pytest_cache", "d", "harness", "playbacks.json")


def playback_of(
    session: CassetteSession, cassette: str, owner: str, rerecord: str, problem: str = ""
) -> Playback:
    """The evidence of a session that is over.

    Args:
        session: The session.
        cassette: Its file, from the working directory.
        owner: Who asked.
        rerecord: The command that records the cassette again.
        problem: Why the run did not come to its end.
    """
    return Playback(
        cassette=cassette,
        owner=owner,
        rerecord=rerecord,
        fingerprint=fingerprint(session.cassette) if session.path.exists() else "",
        unplayed=tuple(position + 1 for position in session.unplayed),
        misses=tuple(_missed(miss) for miss in session.misses),
        problem=problem,
    )


def left_by_pytest(project: Path) -> Path | None:
    """The file in which the last run of a project's tests left its evidence; None for no run."""
    file = project / _IN_CACHE
    return file if file.is_file() else None


def read_playbacks(path: Path) -> tuple[Playback, ...]:
    """The evidence in a file.

    Raises:
        UnreadableRun: There is no such file, or it is none.
    """
    try:
        return _FILE.validate_json(path.read_bytes()).playbacks
    except OSError as error:
        raise UnreadableRun(path, error.strerror or "can't be read") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise UnreadableRun(path, f"{place or 'it'}: {first['msg']}") from error


def write_playbacks(path: Path, playbacks: Iterable[Playback]) -> None:
    """Leaves evidence in a file."""
    path.write_bytes(_FILE.dump_json(Playbacks(tuple(playbacks)), indent=2) + b"\n")


def renew_playbacks(path: Path, newer: Sequence[Playback]) -> None:
    """Puts newer evidence into a file, in the place of what it said of the same cassettes' owners.

    Raises:
        UnreadableRun: There is no such file, or it is none.
    """
    known = {(each.cassette, each.owner) for each in newer}
    others = (each for each in read_playbacks(path) if (each.cassette, each.owner) not in known)
    write_playbacks(path, (*others, *newer))


def _missed(miss: ReplayMiss) -> Missed:
    return Missed(miss.asked, miss.cause, miss.nearest or "")
