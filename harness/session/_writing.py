"""What a session records, from the sending of a request to the cassette's file."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import get_args

from harness.errors import SecretFound, UsageError
from harness.interactions import Cassette, Interaction, Request
from harness.journal import (
    Adopted,
    Durability,
    Entry,
    Finished,
    Journal,
    Opening,
    Place,
    Reference,
    fingerprint,
    laid_out,
    merge,
    secret_in,
)
from harness.redacted import left_out
from harness.session._cleaning import Cleaning
from harness.session._modes import RecordMode
from harness.session._recording import Recording
from harness.session._renewing import renewed


@dataclass(frozen=True, slots=True)
class Slot:
    """What is known of an exchange when it begins."""

    number: int
    """Of its entry in the journal."""

    position: int
    """Where it would stand in the cassette if nobody else recorded."""

    request: Request
    """Clean."""

    place: Place
    former: Interaction | None
    replaces: str
    beneath: list[Reference] = field(default_factory=list)


class Writing:
    """Keeps each exchange in a journal when it is over, and makes the cassette of them in the end.

    Args:
        path: The cassette's file.
        opening: Who records.
        durability: What an exchange that was kept outlives.
        cleaning: Makes exchanges fit to be kept.
        goes_on: Whether the cassette holds a recording that was broken off, and that this one
            brings to its end even if nothing is missing.
        foreign: What another recorder left in the cassette: it stays, but without its secrets.
    """

    def __init__(
        self,
        path: Path,
        opening: Opening,
        durability: Durability,
        cleaning: Cleaning,
        *,
        goes_on: bool,
        foreign: Sequence[Interaction] = (),
    ) -> None:
        if durability not in get_args(Durability):
            known = ", ".join(get_args(Durability))
            raise UsageError(f"There is no durability {durability!r}. One of: {known}.")
        self._path, self._opening, self._durability = path, opening, durability
        self._cleaning, self._goes_on = cleaning, goes_on
        # Now, while the credentials that it was recorded with are those that are known.
        self._adopted = [(fingerprint(each), cleaning.interaction(each)) for each in foreign]
        self._journal: Journal | None = None
        self._slots: dict[Recording, Slot] = {}
        self._entries: list[tuple[Entry, int]] = []
        """With the positions in the cassette that were expected when they began."""

        self.left_out: Counter[str] = Counter()
        """Headers of which nothing is kept, with the number of exchanges that had them."""

        self._closed: list[tuple[Entry, int]] = []
        self._secret: SecretFound | None = None

    @property
    def began(self) -> str:
        """When the session was opened."""
        return self._opening.began

    def join(self, joint: str) -> None:
        """What is recorded from now on is part of a recording that several sessions make."""
        self._opening = replace(self._opening, joint=joint)

    def begin(self, recording: Recording, slot: Slot) -> None:
        """An exchange begins; here it shows whether anything can be written at all."""
        self._journal = self._opened()
        self._slots[recording] = slot

    def slot_of(self, recording: Recording | None) -> Slot | None:
        """What is known of an exchange that goes on."""
        return None if recording is None else self._slots.get(recording)

    @property
    def under_way(self) -> list[Recording]:
        """The exchanges that go on."""
        return list(self._slots)

    def keep(self, recording: Recording) -> None:
        """An exchange is over; it is kept when this returns."""
        slot = self._slots.pop(recording, None)
        interaction = recording.interaction()
        if slot is None or interaction is None or self._journal is None:
            return
        response = self._cleaning.response(interaction.response)
        path, test = interaction.agent_path, self._opening.test
        live = Interaction(slot.request, response, path, test)
        clean = renewed(live, slot.former, self._cleaning, self._asked_since(slot))
        self.left_out.update(left_out(interaction, clean))
        if found := secret_in(clean, self._cleaning.known):
            secret, place = found
            where = f"interaction {slot.position + 1}, {place}"
            self._secret = self._secret or SecretFound(self._path, secret, where)
            return
        entry = Entry(slot.number, slot.place, clean, tuple(slot.beneath), slot.replaces)
        self._journal.append(entry)
        self._entries.append((entry, slot.position))

    def _asked_since(self, slot: Slot) -> Iterator[Request]:
        for other in self._slots.values():
            if other.number > slot.number:
                yield other.request
        for entry, _ in self._entries:
            if entry.number > slot.number:
                yield entry.interaction.request

    def clean_again(self) -> None:
        """A secret is known now that was not before: it may stand in what is kept already."""
        entries = [
            (replace(entry, interaction=self._cleaned(entry.interaction)), position)
            for entry, position in self._entries
        ]
        is_clean = entries == self._entries and not self._adopted
        if self._journal is None or is_clean:
            return
        clean = self._begun()
        for entry, _ in entries:
            clean.append(entry)
        self._journal.discard()
        self._journal, self._entries = clean, entries

    def close(self, is_whole: bool) -> Path | None:
        """Leaves the journal to whoever merges it; None when it says nothing, and is gone.

        Args:
            is_whole: Whether the recording came to its end.

        Raises:
            SecretFound: A secret would be written that could not be redacted; nothing is.
        """
        if self._secret is not None:
            self.discard()
            raise self._secret
        says_something = self._entries or (self._goes_on and is_whole)
        if not says_something:
            self.discard()
            return None
        journal, self._journal = self._opened(), None
        if is_whole:
            journal.append(Finished())
        journal.close()
        # What is recorded from now on comes on top.
        if self._opening.mode == RecordMode.REWRITE:
            self._opening = replace(self._opening, mode=RecordMode.NEW_EPISODES)
        self._closed, self._entries = self._entries, []
        return journal.path

    def derive(self, journal: Path | None) -> Mapping[int, int]:
        """Makes the cassette, and tells which numbers, from 1, became of expected positions.

        Args:
            journal: The one that was closed just now, if there is one.

        Raises:
            SecretFound: A secret would be written; nothing is.
            UnreadableCassette: The cassette was damaged meanwhile; what was recorded stays.
            UnwritableCassette: The folder, or the disk, does not take it; what was recorded stays.
        """
        try:
            known = self._cleaning.known
            cassette = merge(self._path, lambda _: True, own=journal, known=known)
        except SecretFound:
            if journal is not None:
                journal.unlink(missing_ok=True)
            raise
        return {} if cassette is None else _numbers(self._closed, cassette)

    def discard(self) -> None:
        """Forgets what was recorded."""
        self._slots.clear()
        self._entries.clear()
        if self._journal is not None:
            self._journal.discard()
            self._journal = None

    def _cleaned(self, interaction: Interaction) -> Interaction:
        request = self._cleaning.request(interaction.request)
        return replace(
            interaction, request=request, response=self._cleaning.response(interaction.response)
        )

    def _opened(self) -> Journal:
        return self._journal or self._begun()

    def _begun(self) -> Journal:
        # A parameter of a test is part of the name.
        if secret := self._cleaning.known.name_in(os.fsencode(self._path.name)):
            raise SecretFound(self._path, secret, "the file's name")
        journal = Journal(self._path, self._opening, self._durability)
        if self._adopted:
            self._adopted = [(name, self._cleaned(each)) for name, each in self._adopted]
            journal.append(Adopted(tuple(self._adopted)))
        return journal


def _numbers(entries: Sequence[tuple[Entry, int]], cassette: Cassette) -> dict[int, int]:
    numbers: dict[str, list[int]] = {}
    for number, each in enumerate(cassette.interactions, start=1):
        numbers.setdefault(fingerprint(each), []).append(number)
    found: dict[int, int] = {}
    for entry, position in sorted(entries, key=lambda pair: pair[0].place):
        same = numbers.get(fingerprint(laid_out(entry.interaction)))
        if same:
            found[position] = same.pop(0)
    return found
