"""A journal: the file into which a recording goes, piece by piece, before it is a cassette."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Literal

from harness.errors import UnwritableCassette
from harness.journal._entries import Opening, Record, to_bytes
from harness.journal._frames import framed
from harness.journal._locks import is_at, try_lock

Durability = Literal["process", "power"]
"""What an acknowledged record outlives: the end of the process, or that of the power."""

_END = ".journal"
_WORKER = "PYTEST_XDIST_WORKER"
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)


class Journal:
    """A journal that this process writes; nobody else touches it before it is closed.

    What `append` was called with is kept once the call returns, whatever then befalls the process.

    Args:
        cassette: The cassette that it will become part of; it lies beside it.
        opening: Who records.
        durability: What a record outlives.

    Raises:
        UnwritableCassette: The folder can't be written.
    """

    def __init__(self, cassette: Path, opening: Opening, durability: Durability) -> None:
        self._cassette = cassette
        self._outlives_power = durability == "power"
        with self._explained():
            cassette.parent.mkdir(parents=True, exist_ok=True)
            self.path, self._file = _created(cassette)
        self.append(opening)

    def append(self, record: Record) -> None:
        """Adds a record.

        Raises:
            UnwritableCassette: It could not be written whole; what was there before, stays.
        """
        data = framed(to_bytes(record))
        with self._explained():
            written = os.write(self._file, data)
            if written < len(data):
                # What came behind a torn record would be lost with it.
                os.ftruncate(self._file, os.fstat(self._file).st_size - written)
                raise OSError("the disk is full")
            if self._outlives_power:
                synced(self._file)

    def close(self) -> None:
        """Leaves the journal to whoever merges it."""
        os.close(self._file)

    def discard(self) -> None:
        """Removes the journal and all that it holds."""
        _removed(self.path, self._file)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise UnwritableCassette(self._cassette, error.strerror or str(error)) from error


def journals_of(cassette: Path) -> list[Path]:
    """The journals that lie beside a cassette, sorted."""
    beginning = f".{cassette.name}."
    try:
        # Names alone: every session looks, and a folder may hold thousands of cassettes.
        names = os.listdir(cassette.parent)  # noqa: PTH208
    except OSError:
        return []
    journals = [each for each in names if each.startswith(beginning) and each.endswith(_END)]
    return [cassette.parent / name for name in sorted(journals)]


def cassettes_with_journals(folder: Path) -> list[Path]:
    """The cassettes below a folder that have journals beside them, sorted; they may be missing."""
    found = {
        journal.with_name(journal.name.removesuffix(_END).rpartition(".")[0].rpartition(".")[0][1:])
        for journal in folder.rglob(f".*{_END}")
    }
    return sorted(found)


def synced(file: int) -> None:
    """Waits until the file's content would outlive the end of the power."""
    # Where there is none, the other one does more than is needed.
    getattr(os, "fdatasync", os.fsync)(file)


def _removed(path: Path, file: int) -> None:
    """Closes a file, and removes it before somebody else can lock it, where the system lets one."""
    if sys.platform == "win32":
        os.close(file)
        path.unlink(missing_ok=True)
    else:
        path.unlink(missing_ok=True)
        os.close(file)


def _created(cassette: Path) -> tuple[Path, int]:
    """A fresh journal, locked."""
    worker = os.environ.get(_WORKER, "main").replace(".", "-")
    for number in count(1):
        path = cassette.with_name(f".{cassette.name}.{worker}.{os.getpid()}-{number}{_END}")
        try:
            file = os.open(path, _FLAGS, 0o644)
        except FileExistsError:
            continue
        # Somebody may look into it before it is locked, and clear it away.
        if try_lock(file) and is_at(file, path):
            return path, file
        os.close(file)
    raise AssertionError
