"""Whether what was recorded is still answered: every request asked live again, and compared."""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx2

from agentchat.core._world import scope
from harness.clients import compare_levels
from harness.formats import load
from harness.interactions import Headers, Interaction
from harness.redaction import SECRET_HEADERS
from harness.session import CassetteSession, RecordMode
from harness.transport import CassetteTransport

_UNKNOWN = b"<secret:"
_OF_THE_CONNECTION = SECRET_HEADERS | {
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "accept-encoding",
}
"""Headers that other recorders keep, and that must be those of today."""
_FEWEST_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Drifted:
    """A request that is answered otherwise than it was."""

    number: int
    """From 1."""

    agent: str
    path: str
    """Where the answers part first: `choices[0].message.content`."""

    words: str
    """`'Hi' became 'Hello' in 'Hello to all.'`."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """An interaction that could not be checked."""

    what: str
    """`interaction 3`."""

    why: str


@dataclass(frozen=True, slots=True)
class Verified:
    """A cassette, checked."""

    cassette: str
    how: str
    """`live`; `levels`: calls of a model client against the HTTP exchanges beneath; or
    `unreadable`."""

    checked: int
    drifted: tuple[Drifted, ...]
    skipped: tuple[Skipped, ...]
    problem: str = ""
    """Why nothing of it was checked: it can't be read."""


@dataclass(frozen=True, slots=True)
class PathCount:
    """How many answers part at a path."""

    path: str
    count: int


@dataclass(frozen=True, slots=True)
class Verification:
    """What `harness cassettes verify` tells."""

    cassettes: tuple[Verified, ...]
    paths: tuple[PathCount, ...]
    """Where answers part, the most frequent path first."""


def verification_of(cassettes: list[Verified]) -> Verification:
    """All checks, with the sums over their paths."""
    counts = Counter(drifted.path for each in cassettes for drifted in each.drifted)
    paths = (PathCount(*pair) for pair in sorted(counts.items(), key=lambda p: (-p[1], p[0])))
    return Verification(tuple(cassettes), tuple(paths))


def to_ask(interactions: tuple[Interaction, ...]) -> list[int]:
    """Positions of what can be asked live: over HTTP, and with no secret that is not there."""
    return [at for at, each in enumerate(interactions) if not _why_not(each)]


async def verified_live(path: Path, headers_for: Callable[[str], Headers]) -> Verified:
    """Asks what is recorded over HTTP once more, one after the other; nothing is written.

    Args:
        path: The cassette.
        headers_for: What to send besides the recorded headers, by the address.

    Raises:
        UnreadableCassette: The file is missing or damaged.
    """
    session = CassetteSession(path, mode=RecordMode.VERIFY)
    interactions = session.cassette.interactions
    drifted: list[Drifted] = []
    skipped: list[Skipped] = []
    carrier = CassetteTransport(session)
    async with httpx2.AsyncClient(transport=carrier, trust_env=False) as client:
        for number, each in enumerate(interactions, start=1):
            if why := _why_not(each):
                skipped.append(Skipped(f"interaction {number}", why))
                continue
            await _ask(client, each, headers_for(each.request.url))
    for drift in session.drifts:
        agent = interactions[drift.number - 1].agent if drift.number else ""
        drifted.append(Drifted(drift.number or 0, agent, drift.path, drift.words))
    checked = len(interactions) - len(skipped)
    return Verified(path.as_posix(), "live", checked, tuple(drifted), tuple(skipped))


async def verified_levels(path: Path) -> Verified:
    """Proves that calls of a model client and the exchanges beneath give the same; offline.

    Raises:
        UnreadableCassette: The file is missing or damaged.
    """
    levels = await compare_levels(path)
    interactions = load(path).interactions if levels.differences else ()
    drifted = tuple(
        Drifted(
            each.number,
            interactions[each.number - 1].agent,
            f"interaction {each.beneath}",
            f"{each.recorded!r} became {each.over_http!r}",
        )
        for each in levels.differences
    )
    skipped = tuple(Skipped(*each.split(": ", 1)) for each in levels.skipped)
    return Verified(path.as_posix(), "levels", levels.compared, drifted, skipped)


async def _ask(client: httpx2.AsyncClient, interaction: Interaction, headers: Headers) -> None:
    request = interaction.request
    kept = [pair for pair in request.headers if pair[0].lower() not in _OF_THE_CONNECTION]
    timeout = max(_FEWEST_SECONDS, 10 * interaction.response.duration_ns / 1e9)
    with ExitStack() as standing:
        for part in interaction.agent_path:
            standing.enter_context(scope(part))
        try:
            await client.request(
                request.method,
                request.url,
                headers=[*kept, *headers],
                content=request.body,
                timeout=timeout,
            )
        except httpx2.TransportError:
            # The session has seen it, and tells it as a drift.
            return


def _why_not(interaction: Interaction) -> str:
    if interaction.is_client_call:
        return "a call of a model client; what lies beneath it is asked"
    request = interaction.request
    if _UNKNOWN in request.body or _UNKNOWN in request.url.encode(errors="replace"):
        return "it held a secret, which is not recorded"
    return ""
