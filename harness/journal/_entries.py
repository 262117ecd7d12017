"""What stands in a journal: an opening, an entry for each finished exchange, and its end.

A record is a line of JSON, which says how long the bodies are, and behind it the bodies as they
are: to spell them as JSON would be most of the work of writing a record.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from typing import Any

from harness.interactions import (
    Cassette,
    Chunk,
    Ending,
    Failure,
    Headers,
    Interaction,
    Origin,
    Request,
    Response,
    Unanswered,
)

VERSION = 3
"""Of the journal's format; a journal of another version is left to the harness that wrote it."""

Place = tuple[tuple[int | str | tuple[int | str, ...], ...], ...]
"""Where an exchange stands among those of its test: compared, it gives their order."""

Reference = int | str
"""An exchange that another one names: an entry's number, or the fingerprint of an old one."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Who records, and how."""

    run: str
    """The test run; sessions of one run never wipe what the others recorded."""

    mode: str
    test: str
    origin: Origin
    began: str
    """When, as an ISO timestamp."""

    by: str
    """What records: `agentchat-harness 0.1.0`."""

    joint: str = ""
    """What sessions of one process that are open at the same time call their recording."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A finished exchange, redacted."""

    number: int
    """Its own in this journal, by which others refer to it."""

    place: Place
    interaction: Interaction
    """Its own `beneath` is empty; the entry's says it, in numbers that hold while recording."""

    beneath: tuple[Reference, ...] = ()
    replaces: str = ""
    """The fingerprint of the old interaction whose place it takes; empty for none."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """What a cassette of another recorder holds, as it stays in one of ours: without secrets."""

    interactions: tuple[tuple[str, Interaction], ...]
    """By the fingerprint of what stands there."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The last record of a recording that came to its end."""


@dataclass(frozen=True, slots=True)
class Merging:
    """The journal is about to become part of a cassette; if that came about, it is done with."""

    result: str
    """The fingerprint of the cassette that it becomes part of."""


Record = Opening | Adopted | Entry | Finished | Merging


def fingerprint(what: Interaction | Cassette) -> str:
    """A name that differs for whatever differs; what lies beneath an interaction does not count."""
    content: list[Any]
    bodies: list[bytes] = []
    if isinstance(what, Interaction):
        content = _interaction_out(what, bodies)
    else:
        header = what.header
        content = [
            [header.recorded, header.by, header.origin, header.unfinished],
            [[fingerprint(each), each.beneath] for each in what.interactions],
        ]
    return blake2b(_written(content, bodies), digest_size=12).hexdigest()


def to_bytes(record: Record) -> bytes:
    """The record as it stands in a journal."""
    bodies: list[bytes] = []
    match record:
        case Opening():
            fields = [getattr(record, name) for name in Opening.__slots__]
            content: list[Any] = ["opening", VERSION, *fields]
        case Adopted():
            out = [[name, _interaction_out(each, bodies)] for name, each in record.interactions]
            content = ["adopted", out]
        case Entry():
            interaction = _interaction_out(record.interaction, bodies)
            content = ["entry", record.number, record.place, interaction,
                       record.beneath, record.replaces]  # fmt: skip
        case Finished():
            content = ["finished"]
        case Merging():
            content = ["merging", record.result]
    return _written(content, bodies)


def from_bytes(data: bytes) -> Record:
    """The record that stands there.

    Raises:
        ValueError: A harness of another version wrote it.
    """
    bodies = BytesIO(data)
    kind, *content = json.loads(bodies.readline())
    match kind:
        case "opening":
            if content[0] != VERSION:
                raise ValueError(f"a journal of version {content[0]}, {VERSION} is known here")
            return Opening(*content[1:])
        case "adopted":
            return Adopted(
                tuple((name, _interaction_in(each, bodies)) for name, each in content[0])
            )
        case "entry":
            number, place, interaction, beneath, replaces = content
            found = _interaction_in(interaction, bodies)
            return Entry(number, _tuples(place), found, tuple(beneath), replaces)
        case "finished":
            return Finished()
        case "merging":
            return Merging(*content)
    raise ValueError(f"a record of the unknown kind {kind!r}")


_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), check_circular=False)


def _written(content: Sequence[Any], bodies: Sequence[bytes]) -> bytes:
    return b"\n".join((_ENCODER.encode(content).encode(), b"".join(bodies)))


def _interaction_out(interaction: Interaction, bodies: list[bytes]) -> list[Any]:
    """All but the bodies, which join the others, and of which the length is told here."""
    request, response = interaction.request, interaction.response
    bodies.append(request.body)
    asked = [request.method, request.url, request.headers, len(request.body)]
    return [asked, _response_out(response, bodies), interaction.agent_path, interaction.test]


def _response_out(response: Response | Unanswered, bodies: list[bytes]) -> list[Any]:
    ending = response.ending
    ended = [ending.error, ending.message] if isinstance(ending, Failure) else ending
    if isinstance(response, Unanswered):
        return [response.duration_ns, ended]
    bodies.append(response.content)
    body = response.body
    told = len(body) if isinstance(body, bytes) else [[at_ns, len(data)] for at_ns, data in body]
    return [response.duration_ns, ended, response.status, response.headers, told]


def _interaction_in(content: Sequence[Any], bodies: BytesIO) -> Interaction:
    (method, url, headers, length), response, agent_path, test = content
    request = Request(method, url, _headers(headers), bodies.read(length))
    return Interaction(request, _response_in(bodies, *response), tuple(agent_path), test)


def _response_in(
    bodies: BytesIO, duration_ns: int, ended: Any, *answer: Any
) -> Response | Unanswered:
    ending: Ending = Failure(*ended) if isinstance(ended, list) else ended
    if not answer:
        assert ending != "complete"
        return Unanswered(ending, duration_ns)
    status, headers, told = answer
    body = (
        bodies.read(told)
        if isinstance(told, int)
        else tuple(Chunk(at_ns, bodies.read(length)) for at_ns, length in told)
    )
    return Response(status, _headers(headers), body, duration_ns, ending)


def _headers(content: Sequence[Sequence[str]]) -> Headers:
    return tuple((name, value) for name, value in content)


def _tuples(content: Any) -> Any:
    return tuple(map(_tuples, content)) if isinstance(content, list) else content
