"""The session: one cassette, from its opening to its last byte."""

import os
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Self

from agentchat import __version__
from agentchat.core._world import SystemWorld
from harness.errors import ReplayMiss, UnfinishedRecording
from harness.formats import load
from harness.interactions import Cassette, Origin, Request, agent_of, is_client_call
from harness.journal import Durability, Opening, Reference, merge, pending
from harness.matching import KeyPart, Matcher
from harness.redaction import Rule, secrets_among
from harness.session._cleaning import Cleaning
from harness.session._drift import Drift, drift_between
from harness.session._expiry import Expired, expired
from harness.session._layer import Layer, shown
from harness.session._misses import Explanation
from harness.session._modes import PLAYING, READING, WRITING, RecordMode, mode_named
from harness.session._playing import Playing
from harness.session._recording import Recording, above
from harness.session._stack import Found, Stack
from harness.session._strands import place_of
from harness.session._writing import Slot, Writing

served: ContextVar[list[str] | None] = ContextVar("served", default=None)
"""Where the interactions that serve the current model call are noted, if anyone wants to know:
`guide/chat/hello.yaml#3`."""

_XDIST_RUN = "PYTEST_XDIST_TESTRUNUID"


class CassetteSession:
    """Plays from a cassette and records into it, as the mode says.

    What is recorded is kept at once, in a journal beside the cassette, so that nothing is lost when
    the process is killed; `finish` makes the cassette of it. As a context manager it finishes by
    itself, unless the block raised; a generator that is left early, or `sys.exit()`, is no error.
    It may be shared by threads and tasks, and several sessions, in as many processes, may record
    into one cassette.

    Args:
        path: The cassette's file.
        mode: What is played, and what is recorded.
        origin: Who answers what is recorded.
        replace: Volatile texts, such as a temporary folder, and what stands for them in the
            cassette; when it is played, the volatile text comes back.
        redact: Rules of the project for what else is secret; also written as text.
        owner: The scenario's name, for messages.
        rerecord: The command that records the cassette again, for messages.
        key_parts: Exceptions to "everything in a request counts"; also written as text.
        shared: Further cassettes that are played where this one has no answer; never written.
        test: The test that asks, as pytest names it, where several share the cassette: their
            interactions stand in the order of these names.
        run: The test run that makes cassettes of all journals at its end, by
            `harness.journal.derive`; by default the session does so when it finishes.
        strict: Whether requests must come in recorded order.
        allow_playback_repeats: Whether what was played may be played again, where nothing equal
            is left.
        record_on_exception: Whether a block that raised leaves what it recorded in the cassette,
            which is then marked as unfinished; else nothing of it stays.
        durability: What an interaction that was recorded outlives.

    Raises:
        UsageError: There is no such mode, rule or key part.
        UnreadableCassette: A file is missing or damaged.
        FutureCassette: A file was written by a newer version.
    """

    def __init__(  # noqa: PLR0913 - all but the path have a default and are given by name
        self,
        path: Path,
        *,
        mode: RecordMode | str = RecordMode.NONE,
        origin: Origin = "live",
        replace: Mapping[str, str] | None = None,
        redact: Sequence[Rule | str] = (),
        owner: str = "",
        rerecord: str = "",
        key_parts: Sequence[KeyPart | str] = (),
        shared: Sequence[Path] = (),
        test: str = "",
        run: str = "",
        strict: bool = False,
        allow_playback_repeats: bool = False,
        record_on_exception: bool = False,
        durability: Durability = "process",
    ) -> None:
        self.path = path
        self.mode = mode = mode_named(mode)
        self.owner, self.rerecord, self.test = owner, rerecord, test
        self.misses: list[ReplayMiss] = []
        """The misses that were raised."""

        self.played: list[int] = []
        """Positions of the cassette's interactions that were played, from 0, in order of playing.
        """

        self.drifts: list[Drift] = []
        """Live answers that differ from the recorded ones, in mode `verify`."""

        self._record_on_exception = record_on_exception
        self._run, run = run, run or os.environ.get(_XDIST_RUN, "")
        self._look_for_journals()
        self._exists = path.exists()
        matcher = Matcher(key_parts)
        known = secrets_among(os.environ)
        self._cleaning = Cleaning(replace or {}, known, redact, matcher.headers)
        layers = [
            Layer(each, cassette, self._cleaning, matcher, test)
            for each, cassette in self._loaded(shared)
        ]
        self._own = layers[0]
        self._stack = Stack(layers, matcher, strict, allow_playback_repeats)
        goes_on = mode in WRITING and test in self.cassette.header.unfinished
        self._records = _records(mode, self._exists) or goes_on
        began = SystemWorld().now().isoformat()
        opening = Opening(run, mode, test, origin, began, f"agentchat-harness {__version__}")
        self._writing = Writing(path, opening, durability, self._cleaning, goes_on)
        self._end = len(self.cassette.interactions)
        self._recorded: set[str] = set()
        self._final_by_noted: dict[str, str] = {}
        self._calls: Counter[str] = Counter()
        self._clean_request: tuple[Request, Request] | None = None
        # What is recorded may end while a lock is held here.
        self._lock = RLock()

    @property
    def cassette(self) -> Cassette:
        """What the cassette held when it was opened."""
        return self._own.cassette

    @property
    def unplayed(self) -> list[int]:
        """Positions of the recorded interactions that nobody asked for, from 0.

        A call of a model client counts as played when it was, or all that lies beneath it; what
        lies beneath it, when the call was.
        """
        return self._own.unplayed

    def play(self, request: Request, agent_path: tuple[str, ...] = ()) -> Playing | None:
        """What was recorded for the request; None when it is to be asked live now.

        Args:
            request: What would be sent, with all its headers.
            agent_path: Who asks; it decides between equal requests alone.

        Raises:
            ReplayMiss: It was not recorded, or is played already, or comes out of order, and the
                mode does not record.
        """
        agent = agent_of(agent_path)
        with self._lock:
            self._calls[""] += 1
            if agent:
                self._calls[agent] += 1
            if self.mode not in PLAYING:
                return None
            is_verbatim = self._own.digest_of(request) is not None
            clean = request if is_verbatim else self._clean(request)
            call = self._call_in_words(agent)
            found = self._stack.find(clean, agent_path)
            if found is not None:
                return self._playing(found, call)
            if self._records:
                return None
            why = self._why_not(clean, agent_path)
            raise self._miss(call if why.nearest else self._with_address(call, clean), why)

    def record(self, request: Request, agent_path: tuple[str, ...] = ()) -> Recording:
        """Opens the recording of a request that is about to be sent; its place is kept from now.

        In a mode that writes nothing, what is taken down is compared, or forgotten.

        Args:
            request: What will be sent, with all its headers.
            agent_path: Who asks.

        Raises:
            UnwritableCassette: What is recorded could not be kept.
        """
        with self._lock:
            if self.mode is RecordMode.VERIFY:
                return self._compared(request, agent_path)
            if not self._records:
                return Recording(request, agent_path)
            clean = self._clean(request)
            recording = Recording(request, agent_path, self._keep)
            # A request that is asked again takes the place of its old recording.
            is_asked_again = self.mode is RecordMode.ALL
            old = self._stack.replaced(clean, agent_path) if is_asked_again else None
            kept_as = old or Found(self._own, self._end)
            number = len(self._recorded) + 1
            replaces = "" if old is None else old.fingerprint
            slot = Slot(number, kept_as.position, clean, place_of(agent_path), replaces)
            self._writing.begin(recording, slot)
            self._end += old is None
            self._lies_beneath(number)
            self._note(kept_as)
            self._recorded.add(kept_as.name)
            return recording

    def finish(self) -> None:
        """Makes the cassette of what was recorded; the old file stays whole until the new one is.

        A session that is part of a run leaves that to the run's end. What is recorded afterwards
        comes on top, with the next call.

        Raises:
            SecretFound: A secret would be written that could not be redacted; nothing is written.
            UnreadableCassette: The cassette was damaged meanwhile; what was recorded is kept.
        """
        self._finish(is_whole=True)

    def discard(self) -> None:
        """Forgets what was recorded; the cassette stays as it was."""
        with self._lock:
            self._writing.discard()

    def has_recorded(self, noted: str) -> bool:
        """Whether this session recorded what was noted in `served`, and did not play it."""
        return noted in self._recorded

    def final(self, noted: str) -> str:
        """What was noted in `served`, with the number that the interaction got when it finished.

        It has another one where branches that ran side by side, or several tests, recorded.
        """
        return self._final_by_noted.get(noted, noted)

    def expired(self, days: int) -> Expired | None:
        """What to say of the cassette if it is older than so many days."""
        return expired(self.path, self.cassette.header, days)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        is_whole = error is None or _is_an_end(error)
        if is_whole or self._record_on_exception:
            self._finish(is_whole)
        else:
            self.discard()

    def _look_for_journals(self) -> None:
        """Brings home what killed processes recorded, or tells of it where nothing is written."""
        if self.mode in WRITING:
            merge(self.path, lambda content: not self._run or content.opening.run != self._run)
        elif self.mode is not RecordMode.LIVE:
            left = [each for each in pending(self.path) if not each.is_in_use]
            left = [each for each in left if not self._run or each.run != self._run]
            count = sum(each.recorded for each in left)
            if left:
                what = f"{count} interactions were recorded and are not in it: a process was killed"
                fix = f"harness cassettes doctor {self.path}"
                warnings.warn(UnfinishedRecording(self.path, what, fix), stacklevel=3)

    def _loaded(self, shared: Sequence[Path]) -> list[tuple[Path, Cassette]]:
        """The cassettes to play from, the own one first."""
        if self.mode not in READING:
            return [(self.path, Cassette())]
        own = load(self.path) if self._exists else Cassette()
        return [(self.path, own), *((path, load(path)) for path in shared)]

    def _clean(self, request: Request) -> Request:
        """The request as it is compared and stored."""
        if self._cleaning.learn(request.headers):
            self._clean_request = None
            self._writing.clean_again()
        # It is nearly always recorded at once when it could not be played.
        if self._clean_request is None or self._clean_request[0] is not request:
            self._clean_request = request, self._cleaning.request(request)
        return self._clean_request[1]

    def _playing(self, found: Found, call: str) -> Playing:
        self._count(found)
        if found.layer is self._own and above() is not None:
            self._lies_beneath(found.fingerprint)
        self._note(found)
        response = self._cleaning.restored(found.response)
        return Playing(found.number, response, partial(self._beyond, call, found.number))

    def _beyond(self, call: str, number: int) -> ReplayMiss:
        cause = "the recorded run stopped waiting for the rest, and this one does not"
        return self._miss(call, Explanation(cause, f"interaction {number} is the same request"))

    def _count(self, found: Found) -> None:
        if found.layer is self._own:
            self.played.append(found.position)

    def _keep(self, recording: Recording) -> None:
        with self._lock:
            self._writing.keep(recording)

    def _compared(self, request: Request, agent_path: tuple[str, ...]) -> Recording:
        """A recording that is compared with what was recorded before, when it is over."""
        clean = self._clean(request)
        call = self._call_in_words(agent_of(agent_path))
        found = self._stack.find(clean, agent_path)
        if found is None:
            cause, nearest = self._why_not(clean, agent_path)
            words = cause if nearest is None else f"{cause}; {nearest}"
            self.drifts.append(Drift(call, None, "request", words))
            return Recording(request, agent_path)
        self._count(found)
        return Recording(request, agent_path, partial(self._compare, found, call))

    def _compare(self, found: Found, call: str, recording: Recording) -> None:
        live = recording.interaction()
        if live is None:
            return
        with self._lock:
            drift = drift_between(found.response, self._cleaning.response(live.response))
            if drift is not None:
                self.drifts.append(Drift(call, found.number, *drift))

    def _finish(self, is_whole: bool) -> None:
        with self._lock:
            for recording in self._writing.under_way:
                recording.left()
            journal = self._writing.close(is_whole)
            if journal is not None and not self._run:
                for position, number in self._writing.derive(journal).items():
                    final = Found(self._own, number - 1).name
                    self._final_by_noted[Found(self._own, position).name] = final

    def _lies_beneath(self, reference: Reference) -> None:
        slot = self._writing.slot_of(above())
        if slot is not None:
            slot.beneath.append(reference)

    def _note(self, found: Found) -> None:
        noted = served.get()
        if noted is not None:
            noted.append(found.name)

    def _call_in_words(self, agent: str) -> str:
        what = "model call" if agent or self.owner else "request"
        owner = f" of {self.owner!r}" if self.owner else ""
        who = f" (agent {agent!r}, its call {self._calls[agent]})" if agent else ""
        return f"{what} {self._calls['']}{owner}{who}"

    def _with_address(self, call: str, clean: Request) -> str:
        """Where nothing is near, the address tells an author which of his requests it is."""
        is_named = self.owner or is_client_call(clean)
        return call if is_named else f"{call}, {clean.method} {clean.url}"

    def _why_not(self, clean: Request, agent_path: tuple[str, ...]) -> Explanation:
        if not self._exists:
            return Explanation("the cassette is missing")
        return self._stack.why_not(clean, agent_path)

    def _miss(self, call: str, explanation: Explanation) -> ReplayMiss:
        cause, nearest = explanation
        if self.test in self.cassette.header.unfinished:
            cause += "; its recording was broken off, and the record mode `once` goes on with it"
        fix = self.rerecord or "record it again, with the record mode `rewrite`"
        miss = ReplayMiss(shown(self.path), call, cause=cause, nearest=nearest, fix=fix)
        self.misses.append(miss)
        return miss


def may_go_live(path: Path, mode: RecordMode, test: str = "") -> bool:
    """Whether a session of this mode would ask live what the cassette does not answer."""
    if mode in WRITING:
        # As a session that records would do; it may make a cassette where there was none.
        merge(path, lambda content: not content.opening.run)
    if mode is not RecordMode.ONCE or not path.exists():
        return mode is not RecordMode.NONE
    # Hardly any cassette says it, and reading one takes its time.
    return b"\nunfinished:" in path.read_bytes() and test in load(path).header.unfinished


def _is_an_end(error: BaseException) -> bool:
    """Whether it ends a block, and is no error: a generator left by who reads it, `sys.exit()`."""
    has_ended = isinstance(error, SystemExit) and error.code in (None, 0)
    return has_ended or isinstance(error, GeneratorExit)


def _records(mode: RecordMode, exists: bool) -> bool:
    return mode in WRITING and not (mode is RecordMode.ONCE and exists)
