"""Recorded HTTP interactions, as records: what was asked, what came back, and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

Headers = tuple[tuple[str, str], ...]
"""Names in lower case with their values; those of one name stand side by side."""

Origin = Literal["live", "scripted"]
"""Whether a model answered, or a script."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was sent."""

    method: str
    url: str
    headers: Headers
    body: bytes


class Chunk(NamedTuple):
    """A piece of a streamed body, as it arrived."""

    at_ns: int
    """Nanoseconds since the request was sent."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Failure:
    """A transport error instead of an answer, or in the middle of one."""

    error: str
    """The class of httpx2's exception: `ReadTimeout`."""

    message: str


CLIENT_METHODS = frozenset({"CREATE", "CREATE_STREAM"})
"""What a call of a model client has for a method."""

Ending = Literal["complete", "stopped"] | Failure
"""How an exchange ended; `stopped`: the caller did not want the rest."""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back."""

    status: int
    headers: Headers
    body: bytes | tuple[Chunk, ...]
    """Decompressed. Chunks where the pieces matter: a stream keeps its boundaries and times."""

    duration_ns: int
    """From sending the request to the end of the body."""

    ending: Ending = "complete"

    @property
    def content(self) -> bytes:
        """The whole body."""
        if isinstance(self.body, bytes):
            return self.body
        return b"".join(chunk.data for chunk in self.body)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No status line came: the transport failed, or the caller stopped waiting."""

    ending: Literal["stopped"] | Failure
    duration_ns: int
    """How long the caller waited."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """One request and what became of it."""

    request: Request
    response: Response | Unanswered
    agent_path: tuple[str, ...] = ()
    """Who asked, outermost first, each with its turn: `("editors#2", "writer#1")`."""

    test: str = ""
    """The test that asked, as pytest names it, where several share the cassette."""

    beneath: tuple[int, ...] = ()
    """For a call of a model client: the interactions that it made over HTTP, numbered from 1."""

    @property
    def is_client_call(self) -> bool:
        """Whether it is a call of a model client, one floor above HTTP."""
        return is_client_call(self.request)

    @property
    def agent(self) -> str:
        """The name of the innermost agent that asked; empty when none did."""
        return agent_of(self.agent_path)


@dataclass(frozen=True, slots=True)
class Header:
    """Where a cassette comes from."""

    recorded: str = ""
    """The day, as `2026-08-22`; empty when the file doesn't say."""

    by: str = ""
    """What recorded it: `agentchat-harness 0.1.0`."""

    origin: Origin = "live"
    unfinished: tuple[str, ...] = ()
    """The tests whose recording was stopped before its end, sorted; an empty text stands for a
    recording that names no test."""


@dataclass(frozen=True, slots=True)
class Cassette:
    """Interactions in the order in which they were asked for."""

    header: Header = Header()
    interactions: tuple[Interaction, ...] = ()

    @property
    def is_ours(self) -> bool:
        """Whether all that it holds was cleaned of secrets when it was recorded."""
        return self.header.by.startswith("agentchat-harness") or not self.interactions

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that were asked, sorted."""
        urls = {interaction.request.url for interaction in self.interactions}
        return tuple(sorted({host_of(url) for url in urls} - {""}))


def grouped(headers: Iterable[tuple[str, str]]) -> Headers:
    """Headers with the values of each name side by side, as a cassette has them."""
    values: dict[str, list[str]] = {}
    for name, value in headers:
        values.setdefault(name, []).append(value)
    return tuple((name, value) for name, several in values.items() for value in several)


def is_client_call(request: Request) -> bool:
    """Whether a request is a call of a model client, one floor above HTTP."""
    return request.method in CLIENT_METHODS


def agent_of(path: tuple[str, ...]) -> str:
    """The innermost agent's name: the path's last part without its turn."""
    return path[-1].partition("#")[0] if path else ""


def host_of(url: str) -> str:
    """The URL's host and port; empty for what has none."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return ""
