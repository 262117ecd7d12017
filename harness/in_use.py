"""The cassette in use: which one a request belongs to, whoever makes it and wherever.

A context (a task's, a thread's) knows its own. Who knows none belongs to the one in use in the
process, if that is clear.
"""

from collections.abc import Collection
from contextvars import ContextVar
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

from harness.errors import ReplayMiss, UnknownCassette
from harness.interactions import Interaction
from harness.session import CassetteSession

_LOCALHOST = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})

_innermost: "ContextVar[CassetteInUse | None]" = ContextVar("innermost_cassette", default=None)
_open: "dict[CassetteInUse, None]" = {}
_lock = Lock()


class CassetteInUse:
    """What a block of code has of its cassette, to look at and to assert on.

    Args:
        session: Plays and records.
        ignored: Hosts, with or without a port, whose requests are sent as if nothing were here.
        pace: Whether an answer takes its recorded time, on the world's clock.
    """

    def __init__(
        self, session: CassetteSession, ignored: Collection[str] = (), pace: bool = False
    ) -> None:
        self.session, self.pace = session, pace
        self._ignored = frozenset(host.lower() for host in ignored)
        self._outer: CassetteInUse | None = None

    @property
    def path(self) -> Path:
        """The cassette's file."""
        return self.session.path

    @property
    def played(self) -> list[Interaction]:
        """What was played of this cassette, in the order of playing."""
        recorded = self.session.cassette.interactions
        return [recorded[position] for position in self.session.played]

    @property
    def unplayed(self) -> list[Interaction]:
        """What this cassette held and nobody asked for, in recorded order."""
        recorded = self.session.cassette.interactions
        return [recorded[position] for position in self.session.unplayed]

    @property
    def misses(self) -> list[ReplayMiss]:
        """The misses that were raised, also those that the code under test swallowed."""
        return self.session.misses

    @property
    def play_count(self) -> int:
        """How often something of this cassette was played."""
        return len(self.session.played)

    @property
    def all_played(self) -> bool:
        """Whether all that this cassette held was asked for."""
        return not self.session.unplayed

    @property
    def is_open(self) -> bool:
        """Whether its block goes on."""
        return self in _open

    def ignores(self, url: str) -> bool:
        """Whether a request to this URL is no business of the cassette."""
        if not self._ignored:
            return False
        parts = urlsplit(url)
        names = {parts.hostname or "", parts.netloc.rpartition("@")[2].lower()}
        return not self._ignored.isdisjoint(names)

    def ignores_connection(self, host: str, port: object) -> bool:
        """Whether a connection to this name or address is no business of the cassette."""
        names = {host.lower(), f"{host}:{port}".lower()}
        return not self._ignored.isdisjoint(names)

    def begin(self) -> None:
        """Becomes the one that requests of this context belong to, and of those it starts."""
        self._outer = _known_here()
        with _lock:
            _open[self] = None
        _innermost.set(self)

    def end(self) -> None:
        """No request belongs to it any more, in whatever context it ends."""
        with _lock:
            _open.pop(self, None)
        if _innermost.get() is self:
            _innermost.set(self._outer)


def in_use() -> CassetteInUse | None:
    """The cassette that a request made here and now belongs to; None when there is none.

    Raises:
        UnknownCassette: Nothing was passed on to this thread or task, and several are in use.
    """
    known = _known_here()
    if known is not None or not _open:
        return known
    with _lock:
        around = {_open_from(use._outer) for use in _open}
        inner = [use for use in _open if use not in around]
    if len(inner) > 1:
        raise UnknownCassette([use.path for use in inner])
    return inner[0] if inner else None


def ignored_hosts(hosts: Collection[str], localhost: bool) -> frozenset[str]:
    """The hosts to ignore, with all names of this machine if it is one of them."""
    return _LOCALHOST.union(hosts) if localhost else frozenset(hosts)


def _known_here() -> CassetteInUse | None:
    """The innermost one of this context that is open: a context may outlive a block."""
    return _open_from(_innermost.get())


def _open_from(use: CassetteInUse | None) -> CassetteInUse | None:
    while use is not None and not use.is_open:
        use = use._outer
    return use
