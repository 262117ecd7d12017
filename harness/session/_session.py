"""The session: one cassette, from its opening to its last byte."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from enum import StrEnum
from functools import partial
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from agentchat import __version__
from agentchat.core._world import SystemWorld
from harness.cassette import Cassette, Header, Interaction, Origin, Request, agent_of
from harness.errors import ReplayMiss, SecretFound
from harness.formats import load, save
from harness.matching import KeyPart, Matcher
from harness.redaction import secrets_among
from harness.session._cleaning import Cleaning, secret_in
from harness.session._misses import Explanation, repeated, unlike
from harness.session._playing import Playing
from harness.session._recording import Recording
from harness.session._waiting import Waiting

served: ContextVar[list[str] | None] = ContextVar("served", default=None)
"""Where the interactions that serve the current model call are noted, if anyone wants to know:
`guide/chat/hello.yaml#3`."""

_ROOT = "cassettes"


class RecordMode(StrEnum):
    """What is played and what is recorded."""

    NONE = "none"
    """Play only."""

    ONCE = "once"
    """Record all when there is no cassette yet; else play only."""

    NEW_EPISODES = "new_episodes"
    """Play what is there, record the rest."""

    ALL = "all"
    """Record all; what is asked again replaces its old recording, the others stay."""

    REWRITE = "rewrite"
    """Record all; nothing of the old cassette stays."""


class CassetteSession:
    """Plays from a cassette and records into it, as the mode says.

    Nothing is written before `finish`, and nothing at all when nothing was recorded. As a context
    manager it finishes by itself, unless the block raised. It may be shared by threads.

    Args:
        path: The cassette's file.
        mode: What is played, and what is recorded.
        origin: Who answers what is recorded.
        replace: Volatile texts, such as a temporary folder, and what stands for them in the
            cassette; when it is played, the volatile text comes back.
        owner: The scenario's name, for messages.
        rerecord: The command that records the cassette again, for messages.
        key_parts: Exceptions to "everything in a request counts".

    Raises:
        UnreadableCassette: The file is damaged.
        FutureCassette: The file was written by a newer version.
    """

    def __init__(  # noqa: PLR0913 - all but the path have a default and are given by name
        self,
        path: Path,
        *,
        mode: RecordMode = RecordMode.NONE,
        origin: Origin = "live",
        replace: Mapping[str, str] | None = None,
        owner: str = "",
        rerecord: str = "",
        key_parts: Sequence[KeyPart] = (),
    ) -> None:
        self.path = path
        self.owner, self.rerecord = owner, rerecord
        self.misses: list[ReplayMiss] = []
        """The misses that were raised."""

        self.played: list[int] = []
        """Positions of the interactions that were played, from 0, in the order of playing."""

        self._origin = origin
        self._exists = path.exists()
        self._plays = mode not in (RecordMode.ALL, RecordMode.REWRITE)
        self._records = mode is not RecordMode.NONE and not (
            mode is RecordMode.ONCE and self._exists
        )
        is_read = self._exists and mode is not RecordMode.REWRITE
        self._cassette = load(path) if is_read else Cassette()
        self._cleaning = Cleaning(replace or {}, secrets_among(os.environ))
        self._matcher = Matcher(key_parts)
        self._digests = [self._digest(each.request) for each in self._cassette.interactions]
        paths = [each.agent_path for each in self._cassette.interactions]
        self._waiting = Waiting(zip(self._digests, paths, strict=True))
        self._recordings: dict[int, Recording] = {}
        self._end = len(self._digests)
        self._calls: Counter[str] = Counter()
        self._lock = Lock()

    @property
    def unplayed(self) -> list[int]:
        """Positions of the recorded interactions that nobody asked for, from 0."""
        return list(self._waiting.left)

    def play(self, request: Request, agent_path: tuple[str, ...] = ()) -> Playing | None:
        """What was recorded for the request; None when it is to be recorded now.

        Args:
            request: What would be sent, with all its headers.
            agent_path: Who asks; it decides between equal requests alone.

        Raises:
            ReplayMiss: It was not recorded, or is played already, and the mode does not record.
        """
        agent = agent_of(agent_path)
        with self._lock:
            self._calls.update(("", agent) if agent else ("",))
            if not self._plays:
                return None
            self._cleaning.learn(request.headers)
            asked = self._cleaning.request(request)
            digest = self._matcher.digest(asked)
            call = self._call_in_words(agent)
            position = self._waiting.take(digest, agent_path)
            if position is not None:
                return self._playing(position, call)
            if self._records:
                return None
            raise self._miss(call, self._explained(asked, digest, agent))

    def record(self, request: Request, agent_path: tuple[str, ...] = ()) -> Recording:
        """Opens the recording of a request that is about to be sent; its place is kept from now.

        Args:
            request: What will be sent, with all its headers.
            agent_path: Who asks.
        """
        with self._lock:
            self._cleaning.learn(request.headers)
            recording = Recording(request, agent_path)
            # A request that is asked again takes the place of its old recording.
            position = None
            if not self._plays:
                position = self._waiting.take(self._digest(request), agent_path)
            if position is None:
                position = self._end
                self._end += 1
            self._recordings[position] = recording
            self._note(position)
            return recording

    def finish(self) -> None:
        """Writes what was recorded; the old file stays whole until the new one is.

        Raises:
            SecretFound: A secret would be written that could not be redacted; nothing is written.
        """
        with self._lock:
            recorded = {position: each.interaction() for position, each in self._recordings.items()}
            clean = {
                position: self._cleaning.interaction(interaction)
                for position, interaction in recorded.items()
                if interaction is not None
            }
            if not clean:
                return
            cassette = self._with(clean)
            found = secret_in(cassette, self._cleaning.known)
            if found is not None:
                raise SecretFound(self.path, *found)
            save(self.path, cassette)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self.finish()

    def _digest(self, request: Request) -> str:
        return self._matcher.digest(self._cleaning.request(request))

    def _playing(self, position: int, call: str) -> Playing:
        self.played.append(position)
        self._note(position)
        response = self._cleaning.restored(self._cassette.interactions[position].response)
        cause = "the recorded run stopped waiting for the rest, and this one does not"
        explanation = Explanation(cause, f"interaction {position + 1} is the same request")
        return Playing(position + 1, response, partial(self._miss, call, explanation))

    def _note(self, position: int) -> None:
        noted = served.get()
        if noted is not None:
            noted.append(f"{_below_root(self.path)}#{position + 1}")

    def _with(self, recorded: Mapping[int, Interaction]) -> Cassette:
        """The cassette with what was recorded, in its place or behind."""
        old = self._cassette
        interactions = dict(enumerate(old.interactions)) | dict(recorded)
        is_scripted = self._origin == "scripted" or (
            bool(old.interactions) and old.header.origin == "scripted"
        )
        header = Header(
            # Of the day on which it really was, whatever clock the run has.
            recorded=SystemWorld().now().date().isoformat(),
            by=f"agentchat-harness {__version__}",
            origin="scripted" if is_scripted else "live",
        )
        return Cassette(header, tuple(interactions[position] for position in sorted(interactions)))

    def _call_in_words(self, agent: str) -> str:
        owner = f" of {self.owner!r}" if self.owner else ""
        who = f" (agent {agent!r}, its call {self._calls[agent]})" if agent else ""
        return f"model call {self._calls['']}{owner}{who}"

    def _explained(self, asked: Request, digest: str, agent: str) -> Explanation:
        if not self._exists:
            return Explanation("the cassette is missing")
        if not self._digests:
            return Explanation("the cassette is empty")
        if self._waiting.has_held(digest):
            return repeated(self._digests, digest)
        return unlike(asked, agent, self._cassette.interactions, self.unplayed)

    def _miss(self, call: str, explanation: Explanation) -> ReplayMiss:
        shown = Path(_ROOT, _below_root(self.path)) if _ROOT in self.path.parts else self.path
        fix = self.rerecord or "record it again, with the record mode `rewrite`"
        miss = ReplayMiss(
            shown, call, cause=explanation.cause, nearest=explanation.nearest, fix=fix
        )
        self.misses.append(miss)
        return miss


def _below_root(path: Path) -> str:
    """The path from the cassettes' folder on; the file's name for one that lies elsewhere."""
    if _ROOT not in path.parts:
        return path.name
    depth = len(path.parts) - path.parts[::-1].index(_ROOT)
    return Path(*path.parts[depth:]).as_posix()
