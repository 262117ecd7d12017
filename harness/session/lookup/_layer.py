"""A cassette that is played from, and which of its interactions still wait for it."""

from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from harness.interactions import Cassette, Request, is_client_call
from harness.matching import Matcher
from harness.session._cleaning import Cleaning
from harness.session.lookup._waiting import AgentPath, Waiting

_ROOT = "cassettes"
_SECRET = b"<secret:"


class Asked(NamedTuple):
    """What is looked for."""

    digest: str
    agent_path: AgentPath


class Layer:
    """One cassette of a session.

    Args:
        path: Its file, for its name.
        cassette: What is in it.
        cleaning: How requests are made comparable.
        matcher: How they are compared.
        test: Who asks: of equal interactions, those that were recorded for this test come first.
    """

    def __init__(
        self, path: Path, cassette: Cassette, cleaning: Cleaning, matcher: Matcher, test: str = ""
    ) -> None:
        self.name = below_root(path)
        self.cassette = cassette
        self._cleaning, self._matcher = cleaning, matcher
        self._is_clean = not cassette.is_ours
        self._digests = [self._digest(each.request) for each in cassette.interactions]
        paths = [each.agent_path for each in cassette.interactions]
        own = [at for at, each in enumerate(cassette.interactions) if test and each.test == test]
        self._waiting = Waiting(list(zip(self._digests, paths, strict=True)), own)
        # Word for word the same is the same when it is cleaned. To clean and to read one would be
        # most of the work of replaying a call of a client.
        self._digest_by_call = {
            each.request: digest
            for each, digest in zip(cassette.interactions, self._digests, strict=True)
            if each.is_client_call
        }
        self._above: defaultdict[int, list[int]] = defaultdict(list)
        for position, each in enumerate(cassette.interactions):
            for number in each.beneath:
                self._above[number - 1].append(position)

    def digest_of(self, request: Request) -> str | None:
        """The digest of a call of a model client that stands here word for word."""
        return self._digest_by_call.get(request) if is_client_call(request) else None

    def take(self, asked: Asked) -> int | None:
        """The position of what is played for a request, which is played then; None for nothing."""
        position = self._waiting.take(*asked)
        if position is None and self._has_changed():
            position = self._waiting.take(*asked)
        if position is not None:
            self._played(position)
        return position

    def take_at(self, position: int, asked: Asked) -> None:
        """Plays a certain interaction."""
        self._waiting.take_at(position, *asked)
        self._played(position)

    def last_taken(self, asked: Asked) -> int | None:
        """The position of what was played for such a request the last time."""
        return self._waiting.last_taken(*asked)

    def equal(self, asked: Asked) -> list[int]:
        """Positions of equal requests that were not played."""
        return self._waiting.equal(asked.digest) or (
            self._waiting.equal(asked.digest) if self._has_changed() else []
        )

    def numbers_of(self, asked: Asked) -> list[int]:
        """Numbers, from 1, of all equal requests, played or not."""
        return [n for n, digest in enumerate(self._digests, start=1) if digest == asked.digest]

    @property
    def unplayed(self) -> list[int]:
        """Positions of what nobody asked for, on either floor."""
        return list(self._waiting.left)

    def next_like(self, request: Request) -> int | None:
        """The position of the first unplayed interaction on the same floor as a request."""
        interactions = self.cassette.interactions
        same = (
            position
            for position in self._waiting.left
            if interactions[position].is_client_call == is_client_call(request)
        )
        return next(same, None)

    def _digest(self, request: Request) -> str:
        # What stands for a secret must be seen by whoever removes the secrets of what is asked.
        is_looked_at = self._is_clean or _SECRET in request.body or _SECRET in request.url.encode()
        return self._matcher.digest(self._cleaning.request(request) if is_looked_at else request)

    def _has_changed(self) -> bool:
        """Whether anything stored looks otherwise with the eyes of today; looked at once.

        Nearly always what a cassette of ours says is what a request says once it is cleaned; then
        cleaning it again would be most of the work of opening the cassette.
        """
        if self._is_clean:
            return False
        self._is_clean = True
        before = list(self._digests)
        for position, interaction in enumerate(self.cassette.interactions):
            self._digests[position] = digest = self._digest(interaction.request)
            if digest != before[position] and self._waiting.has_left(position):
                self._waiting.add(position, digest, interaction.agent_path)
        return self._digests != before

    def _played(self, position: int) -> None:
        """With a call of a client, what lies beneath is played; with all of that, the call."""
        for number in self.cassette.interactions[position].beneath:
            self._waiting.drop(number - 1)
        for above in self._above.get(position, ()):
            beneath = self.cassette.interactions[above].beneath
            if not any(self._waiting.has_left(number - 1) for number in beneath):
                self._waiting.drop(above)


def below_root(path: Path) -> str:
    """The path from the cassettes' folder on; the file's name for one that lies elsewhere."""
    if _ROOT not in path.parts:
        return path.name
    depth = len(path.parts) - path.parts[::-1].index(_ROOT)
    return Path(*path.parts[depth:]).as_posix()


def shown(path: Path) -> Path:
    """The path as messages show it: from the cassettes' folder on, wherever that lies."""
    return Path(_ROOT, below_root(path)) if _ROOT in path.parts else path
