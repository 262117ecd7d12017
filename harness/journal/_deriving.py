"""From journals to cassettes: each under its lock, the old file whole until the new one is."""

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from harness.errors import CassetteError, SecretFound, UnfinishedRecording, UnwritableCassette
from harness.formats import load, reviewable, save
from harness.interactions import Cassette, Interaction, Response
from harness.journal._entries import Merging, fingerprint, to_bytes
from harness.journal._frames import framed
from harness.journal._journal import journals_of
from harness.journal._locks import Note, locked, wait_for_lock
from harness.journal._merging import merged
from harness.journal._reading import Content, claimed, content_of, nothing_in
from harness.journal._rewriting import Rewriting, replaces_all
from harness.journal._tripwire import secret_in
from harness.journal._warning import several, warn
from harness.redaction import KnownSecrets, secrets_among


@dataclass(frozen=True, slots=True)
class Pending:
    """A journal that is not yet part of its cassette."""

    journal: Path
    is_in_use: bool
    """Whether a process still records into it."""

    run: str = ""
    """The test run that it belongs to; empty for a session on its own."""

    test: str = ""
    joint: str = ""
    """What sessions that are open at the same time call their recording."""

    recorded: int = 0
    """How many interactions it holds."""

    damage: str = ""
    """Why it can't be read to its end; empty when it can."""


def pending(cassette: Path) -> list[Pending]:
    """The journals beside a cassette. Looking changes nothing."""
    return [each for path in journals_of(cassette) for each in _looked_into(path)]


def derive(cassettes: Iterable[Path], run: str = "") -> list[Path]:
    """Merges into cassettes the journals that nobody writes any more; crashed workers' too.

    Args:
        cassettes: The cassettes' files; each may be missing, and may have no journals.
        run: The test run that is over now.

    Returns:
        The cassettes that were written.

    Raises:
        SecretFound: A secret would be written; that cassette is not, and its journals stay.
        UnreadableCassette: A cassette is damaged; it is not written over, and its journals stay.
        UnwritableCassette: The folder, or the disk, does not take it; its journals stay.
    """
    return [path for path in cassettes if merge(path, lambda _: True, over=run) is not None]


def merge(
    cassette: Path,
    is_meant: Callable[[Content], bool],
    *,
    own: Path | None = None,
    known: KnownSecrets | None = None,
    over: str = "",
) -> Cassette | None:
    """Merges journals into one cassette, and returns what was written; None when nothing was.

    Args:
        cassette: The cassette's file.
        is_meant: Which of the journals that nobody writes any more.
        own: One that the caller itself has closed just now.
        known: The secrets to look for before anything is written.
        over: The test run that is over with this.

    Raises:
        SecretFound: A secret would be written; nothing is.
        UnreadableCassette: The cassette is damaged; nothing is written.
        UnwritableCassette: The folder, or the disk, does not take it; the journals stay.
    """
    if not journals_of(cassette) and not lock_of(cassette).exists():
        return None
    with _explained(cassette), locked(lock_of(cassette)) as note:
        with ExitStack() as holding:
            journals = list(_held(cassette, is_meant, own, holding))
            written = _merged_into(cassette, journals, note, known, over)
        # While there are journals, who is killed here leaves the next one a reason to come by.
        _clear_drafts(cassette)
        for journal in journals:
            journal.content.path.unlink(missing_ok=True)
        if over and Rewriting.noted(note.text).run == over:
            note.write("")
    return written


def lock_of(cassette: Path) -> Path:
    """The file that stands for the right to write a cassette."""
    return cassette.with_name(f".{cassette.name}.lock")


@contextmanager
def _explained(cassette: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnwritableCassette(cassette, error.strerror or str(error), is_kept=True) from error


class _Journal(NamedTuple):
    file: int
    content: Content


def _looked_into(path: Path) -> Iterator[Pending]:
    try:
        content = content_of(path)
    except FileNotFoundError:
        return
    except ValueError as error:
        yield Pending(path, is_in_use=False, damage=str(error))
        return
    with claimed(path, flags=os.O_RDONLY) as file:
        is_in_use = file is None
    if content is not None:
        who, recorded = content.opening, len(content.entries)
        yield Pending(path, is_in_use, who.run, who.test, who.joint, recorded, content.damage)


def _held(
    cassette: Path, is_meant: Callable[[Content], bool], own: Path | None, holding: ExitStack
) -> Iterator[_Journal]:
    """The journals to merge, each kept from others; those that hold nothing are cleared away."""
    for path in journals_of(cassette):
        claim = claimed(path, wait_for_lock) if path == own else claimed(path)
        file = holding.enter_context(claim)
        if file is None:
            continue
        try:
            content = content_of(path)
        except ValueError as error:
            _warn(cassette, f"{path.name} is left alone: {error}")
            continue
        content = content or nothing_in(path)
        if is_meant(content):
            yield _Journal(file, content)


def _merged_into(
    cassette: Path, journals: list[_Journal], note: Note, known: KnownSecrets | None, over: str
) -> Cassette | None:
    contents = [each.content for each in journals]
    noted = Rewriting.noted(note.text)
    old = _old(cassette, contents, noted, over)
    name = fingerprint(old)
    new = [each for each in contents if each.part_of != name]
    before = noted.after(each for each in contents if each.part_of == name)
    result = merged(old, [_reviewable(each) for each in new], before, over)
    for journal in journals:
        _set_aside(cassette, journal)
    says_more = _says_more(result, old, new, cassette.exists())
    if says_more:
        _check(cassette, result, old, known or KnownSecrets(secrets_among(os.environ).items()))
        for journal in journals:
            # Killed between two of these steps, the next one who comes sees how far they went.
            os.write(journal.file, framed(to_bytes(Merging(fingerprint(result)))))
        save(cassette, result)
        _sync(cassette.parent)
    after = before.after(new)
    if after != noted:
        note.write(after.note)
    return result if says_more else None


def _says_more(result: Cassette, old: Cassette, new: list[Content], exists: bool) -> bool:
    """Whether a cassette is to be written; what was recorded as it was before has a new date."""
    if any(each.entries for each in new) or result.interactions != old.interactions:
        return True
    return exists and result.header.unfinished != old.header.unfinished


def _old(cassette: Path, contents: list[Content], noted: Rewriting, over: str) -> Cassette:
    """The cassette as it is; nothing when it is damaged, and nothing of it would stay."""
    if not cassette.exists():
        return Cassette()
    try:
        return load(cassette)
    except CassetteError:
        is_replaced = any(
            replaces_all(each, over) and not noted.tests_of(each.opening.run) for each in contents
        )
        is_simple = all(each.is_finished and not each.part_of for each in contents)
        if is_replaced and is_simple:
            return Cassette()
        raise


def _reviewable(content: Content) -> Content:
    entries = [replace(entry, interaction=laid_out(entry.interaction)) for entry in content.entries]
    return replace(content, entries=tuple(entries))


def laid_out(interaction: Interaction) -> Interaction:
    """The interaction in the layout in which it can be stored as structured data."""
    request, response = interaction.request, interaction.response
    request = replace(request, body=reviewable(request.body))
    if isinstance(response, Response) and isinstance(response.body, bytes):
        response = replace(response, body=reviewable(response.body))
    return replace(interaction, request=request, response=response)


def _check(cassette: Path, result: Cassette, old: Cassette, known: KnownSecrets) -> None:
    for number, interaction in enumerate(result.interactions, start=1):
        if found := secret_in(interaction, known):
            name, place = found
            is_old = interaction in old.interactions
            raise SecretFound(cassette, name, f"interaction {number}, {place}", is_old=is_old)


def _set_aside(cassette: Path, journal: _Journal) -> None:
    """Cuts off what is torn or damaged; of what is damaged a copy stays."""
    content = journal.content
    if content.damage:
        copy = content.path.with_name(f"{content.path.name}-damaged")
        copy.write_bytes(content.path.read_bytes())
        _warn(
            cassette,
            f"a journal is {content.damage}; what stands before that place is in the cassette "
            f"({several(len(content.entries), 'interaction')}), the rest stays in {copy.name}",
        )
    os.ftruncate(journal.file, content.end)


def _sync(folder: Path) -> None:
    """Makes sure that the folder's new entry outlives the end of the power."""
    if sys.platform != "win32":
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


def _clear_drafts(cassette: Path) -> None:
    """Removes what processes left that were killed while they wrote the cassette."""
    draft = re.compile(rf"\.{re.escape(cassette.name)}\.\d+")
    for file in cassette.parent.iterdir():
        if draft.fullmatch(file.name):
            file.unlink(missing_ok=True)


def _warn(cassette: Path, what: str) -> None:
    fix = f"harness cassettes doctor {cassette}"
    warn(UnfinishedRecording(cassette, what, fix))
