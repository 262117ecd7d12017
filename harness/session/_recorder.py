"""The half of a session that records."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from harness.interactions import Request
from harness.journal import Reference
from harness.session._joint import Joint, joined
from harness.session._recording import Recording, above
from harness.session._renewing import Former
from harness.session._served import note
from harness.session._strands import place_of
from harness.session._writing import Slot, Writing
from harness.session.lookup import Found, Layer


class Recorder:
    """Gives each exchange its place, and sees to it that a cassette comes of them.

    Args:
        path: The cassette's file.
        own: What was there when the session opened, as far as it stays.
        former: What is recorded anew.
        lock: Held while anything changes here.
        writing: Keeps the exchanges.
        joins: Whether the cassette is made when the last session that has it in use ends; else it
            is left to the end of a test run.
    """

    def __init__(
        self,
        path: Path,
        own: Layer,
        former: Former,
        lock: AbstractContextManager[object],
        *,
        writing: Writing,
        joins: bool,
    ) -> None:
        self._path, self._own, self._former = path, own, former
        self._writing, self._lock, self._joins = writing, lock, joins
        self._end = len(own.cassette.interactions)
        self._recorded: set[str] = set()
        self._final_by_noted: dict[str, str] = {}
        self._joint: Joint | None = None
        self._has_left = False
        self._has_left_journal = False
        self._join()

    @property
    def is_kept(self) -> bool:
        """Whether a cassette came of what was recorded."""
        return self._has_left_journal and self._joint is not None and self._joint.is_over

    @property
    def is_waiting(self) -> bool:
        """Whether the cassette is made of it when other sessions have ended."""
        return self._has_left_journal and self._joint is not None and not self._joint.is_over

    @property
    def left_out(self) -> Mapping[str, int]:
        """Headers of which nothing is kept, with the number of exchanges that had them."""
        return self._writing.left_out

    def begin(self, request: Request, clean: Request, agent_path: tuple[str, ...]) -> Recording:
        """Opens the recording of a request; its place is kept from now."""
        with self._lock:
            self._join()
            recording = Recording(request, agent_path, self._keep)
            anew = self._former.asked(clean, agent_path)
            kept_as = anew.replaced or Found(self._own, self._end)
            number = len(self._recorded) + 1
            slot = Slot(
                number, kept_as.position, clean, place_of(agent_path), anew.former,
                replaces="" if anew.replaced is None else anew.replaced.fingerprint,
            )  # fmt: skip
            self._writing.begin(recording, slot)
            self._end += anew.replaced is None
            self.lies_beneath(number)
            note(kept_as)
            self._recorded.add(kept_as.name)
            return recording

    def lies_beneath(self, reference: Reference) -> None:
        """An exchange is made, or played, for the sake of the one that goes on around it."""
        slot = self._writing.slot_of(above())
        if slot is not None:
            slot.beneath.append(reference)

    def finish(self, is_whole: bool) -> None:
        """Makes the cassette, or leaves the journal to who makes it later."""
        for recording in self._writing.under_way:
            recording.left()
        journal = self._writing.close(is_whole)
        if self._leaves(leaves_journal=journal is not None):
            for position, number in self._writing.derive(journal).items():
                final = Found(self._own, number - 1).name
                self._final_by_noted[Found(self._own, position).name] = final
        self._has_left_journal |= journal is not None

    def discard(self) -> None:
        """Forgets what was recorded."""
        self._writing.discard()
        if self._leaves(leaves_journal=False):
            self._writing.derive(None)

    def leave(self, error: BaseException | None, keeps: bool) -> None:
        """A block ends: what was recorded is kept, but not what an error broke off.

        Args:
            error: What the block raised.
            keeps: Whether that is kept too, and marked.
        """
        is_whole = error is None or _is_an_end(error)
        if is_whole or keeps:
            self.finish(is_whole)
        else:
            self.discard()

    def has_recorded(self, noted: str) -> bool:
        """Whether what was noted was recorded here, and not played."""
        return noted in self._recorded

    def final(self, noted: str) -> str:
        """What was noted, with the number that the interaction got in the end."""
        return self._final_by_noted.get(noted, noted)

    def clean_again(self) -> None:
        """A secret is known now that was not before."""
        self._writing.clean_again()

    def _join(self) -> None:
        if self._joins and (self._joint is None or self._has_left):
            self._joint = joined(self._path, self, self._writing.began)
            self._writing.join(self._joint.name)
            self._has_left = False

    def _leaves(self, *, leaves_journal: bool) -> bool:
        self._has_left = True
        joint = self._joint
        return joint is not None and joint.leave(self, leaves_journal=leaves_journal)

    def _keep(self, recording: Recording) -> None:
        with self._lock:
            self._writing.keep(recording)


def _is_an_end(error: BaseException) -> bool:
    """Whether it ends a block, and is no error: a generator left by who reads it, `sys.exit()`."""
    has_ended = isinstance(error, SystemExit) and error.code in (None, 0)
    return has_ended or isinstance(error, GeneratorExit)
