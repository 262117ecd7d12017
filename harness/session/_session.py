"""The session: one cassette, from its opening to its last byte."""

import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Self

from agentchat import __version__
from agentchat.core._world import SystemWorld
from harness.errors import ReplayMiss
from harness.interactions import Cassette, Origin, Request, agent_of
from harness.journal import Durability, Opening
from harness.matching import KeyPart, Matcher
from harness.redaction import Redactor, Rule, secrets_among
from harness.session._calls import Call, Calls
from harness.session._cleaning import Cleaning
from harness.session._drift import Drift
from harness.session._expiry import Expired, expired
from harness.session._ids import same_ids
from harness.session._left_over import look_for_journals
from harness.session._loading import Loading
from harness.session._missing import Missing
from harness.session._modes import PLAYING, WRITING, RecordMode, mode_named
from harness.session._playing import Playing
from harness.session._recorder import Recorder
from harness.session._recording import Recording, above
from harness.session._served import note
from harness.session._verifying import Verification
from harness.session._writing import Writing
from harness.session.lookup import Asked, Found, Stack

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
        self.played: list[int] = []
        """Positions of the cassette's interactions that were played, from 0, in order of playing.
        """

        self._record_on_exception = record_on_exception
        is_left_to_run, run = bool(run), run or os.environ.get(_XDIST_RUN, "")
        look_for_journals(path, mode, run if is_left_to_run else "")
        self._exists = path.exists()
        self._matcher = matcher = Matcher(key_parts)
        known = secrets_among(os.environ)
        self._cleaning = Cleaning(replace or {}, known, redact, matcher.headers)
        loading = Loading(path, mode, self._cleaning, matcher, test)
        layers = loading.layers(shared)
        self._own = layers[0]
        self._stack = Stack(layers, matcher, strict, allow_playback_repeats)
        is_broken_off = test in self.cassette.header.unfinished
        self._missing = Missing(path, self._stack if self._exists else None, is_broken_off)
        self._verification = Verification(self._cleaning)
        self._calls = Calls()
        self._clean_request: tuple[Request, Request] | None = None
        # What is recorded may end while a lock is held here.
        self._lock = RLock()
        self._process = os.getpid()
        began = SystemWorld().now().isoformat()
        opening = Opening(run, mode, test, origin, began, f"agentchat-harness {__version__}")
        goes_on = mode in WRITING and is_broken_off
        self._records = goes_on or (
            mode in WRITING and not (mode is RecordMode.ONCE and self._exists)
        )
        writing = Writing(
            path, opening, durability, self._cleaning, goes_on=goes_on,
            foreign=loading.foreign if self._records else (),
        )  # fmt: skip
        self._recorder = Recorder(
            path, self._own, loading.former(self._stack), self._lock,
            writing=writing, joins=self._records and not is_left_to_run,
        )  # fmt: skip

    @property
    def cassette(self) -> Cassette:
        """What the cassette held when it was opened."""
        return self._own.cassette

    @property
    def only_plays(self) -> bool:
        """Whether nothing is asked live: in mode `none`, and in `once` when it was recorded."""
        return self.mode in PLAYING and not self._records

    @property
    def misses(self) -> list[ReplayMiss]:
        """The misses that were raised."""
        return self._missing.misses

    @property
    def drifts(self) -> list[Drift]:
        """Live answers that differ from the recorded ones, in mode `verify`."""
        return self._verification.drifts

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
            self._calls.begin(agent)
            if self.mode not in PLAYING:
                return None
            digest = self._own.digest_of(request)
            if digest is None:
                request = self._clean(request)
            asked = Asked(digest or self._matcher.digest(request), agent_path)
            found = self._stack.find(request, asked)
            call = self._calls.latest(agent, self.owner)
            if found is not None:
                return self._playing(found, call)
            if self._records:
                return None
            raise self._missing.miss(call, request, asked, self.rerecord)

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
            return self._recorder.begin(request, self._clean(request), agent_path)

    def missed(self, miss: ReplayMiss) -> ReplayMiss:
        """Remembers a miss that others found, and that is about to be raised."""
        return self._missing.note(miss, self.owner)

    def finish(self) -> None:
        """Makes the cassette of what was recorded; the old file stays whole until the new one is.

        A session that is part of a run leaves that to the run's end. What is recorded afterwards
        comes on top, with the next call.

        Raises:
            SecretFound: A secret would be written that could not be redacted; nothing is written.
            UnreadableCassette: The cassette was damaged meanwhile; what was recorded is kept.
        """
        if self._is_here:
            with self._lock:
                self._recorder.finish(is_whole=True)

    def discard(self) -> None:
        """Forgets what was recorded; the cassette stays as it was."""
        if self._is_here:
            with self._lock:
                self._recorder.discard()

    @property
    def is_kept(self) -> bool:
        """Whether the session has ended, and a cassette came of what it recorded."""
        return self._recorder.is_kept

    @property
    def is_waiting(self) -> bool:
        """Whether it has ended, and others that have the cassette in use have not."""
        return self._recorder.is_waiting

    @property
    def redactor(self) -> Redactor:
        """Takes out what is secret here: what the process knows, what requests have sent, and what
        the project's rules say.
        """
        return self._cleaning.redactor

    @property
    def left_out(self) -> Mapping[str, int]:
        """Headers with credentials of which the cassette says nothing, not even that they were
        sent; with the number of recorded exchanges that had them.
        """
        return self._recorder.left_out

    def has_recorded(self, noted: str) -> bool:
        """Whether this session recorded what was noted in `served`, and did not play it."""
        return self._recorder.has_recorded(noted)

    def final(self, noted: str) -> str:
        """What was noted in `served`, with the number that the interaction got when it finished.

        It has another one where branches that ran side by side, or several tests, recorded.
        """
        return self._recorder.final(noted)

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
        if self._is_here:
            with self._lock:
                self._recorder.leave(error, self._record_on_exception)

    @property
    def _is_here(self) -> bool:
        """Whether this is no fork of the process that has the session, and brings it to its end.

        What a fork records goes into the same journal. It waits for no lock: a thread that had it
        when the process was forked is not there to give it back.
        """
        return os.getpid() == self._process

    def _clean(self, request: Request) -> Request:
        """The request as it is compared and stored."""
        if self._cleaning.learn(request):
            self._clean_request = None
            self._recorder.clean_again()
        # It is nearly always recorded at once when it could not be played.
        if self._clean_request is None or self._clean_request[0] is not request:
            clean = same_ids.in_request(self._cleaning.request(request))
            self._clean_request = request, clean
        return self._clean_request[1]

    def _playing(self, found: Found, call: Call) -> Playing:
        self._count(found)
        if found.layer is self._own and above() is not None:
            self._recorder.lies_beneath(found.fingerprint)
        note(found)
        same_ids.given_out(found.interaction.response)
        response = self._cleaning.restored(found.interaction.response)
        beyond = partial(self._missing.beyond, call, found.number, self.rerecord)
        return Playing(found.number, response, beyond)

    def _count(self, found: Found) -> None:
        if found.layer is self._own:
            self.played.append(found.position)

    def _compared(self, request: Request, agent_path: tuple[str, ...]) -> Recording:
        clean = self._clean(request)
        call = self._calls.latest(agent_of(agent_path), self.owner)
        asked = Asked(self._matcher.digest(clean), agent_path)
        found = self._stack.find(clean, asked)
        if found is None:
            self._verification.missing(call, self._missing.why(clean, asked))
            return Recording(request, agent_path)
        self._count(found)
        return self._verification.recording(request, agent_path, found, call)
