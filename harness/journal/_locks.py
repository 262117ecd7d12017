"""Locks on open files, which end with the process that holds them, however it ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    # Far behind any content: there a lock keeps nobody from reading.
    _FAR = 1 << 30

    def try_lock(file: int) -> bool:
        """Takes the file's lock if nobody holds it."""
        os.lseek(file, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def wait_for_lock(file: int) -> bool:
        """Takes the file's lock as soon as nobody else holds it."""
        os.lseek(file, _FAR, os.SEEK_SET)
        while True:
            try:
                # Waits for ten seconds, and gives up then.
                msvcrt.locking(file, msvcrt.LK_LOCK, 1)
            except OSError:
                continue
            return True

else:
    import fcntl

    def try_lock(file: int) -> bool:
        """Takes the file's lock if nobody holds it."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def wait_for_lock(file: int) -> bool:
        """Takes the file's lock as soon as nobody else holds it."""
        fcntl.flock(file, fcntl.LOCK_EX)
        return True


class Note:
    """What is written into a locked file, for those who lock it next."""

    def __init__(self, file: int) -> None:
        self._file = file
        os.lseek(file, 0, os.SEEK_SET)
        self.text = os.read(file, os.fstat(file).st_size).decode(errors="replace")

    def write(self, text: str) -> None:
        """Replaces what is written; an empty text lets the file vanish when it is unlocked."""
        os.ftruncate(self._file, 0)
        os.lseek(self._file, 0, os.SEEK_SET)
        os.write(self._file, text.encode())
        self.text = text


@contextmanager
def locked(path: Path) -> Iterator[Note]:
    """Holds the lock that a file stands for; without a note it is removed afterwards."""
    file = _opened_and_locked(path)
    try:
        note = Note(file)
        yield note
    finally:
        # While it is locked: who waits for it sees that it is gone, and makes another.
        if not note.text and sys.platform != "win32":
            path.unlink(missing_ok=True)
        os.close(file)


def is_at(file: int, path: Path) -> bool:
    """Whether the open file is the one that the path leads to now."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except OSError:
        return False


def _opened_and_locked(path: Path) -> int:
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        wait_for_lock(file)
        if is_at(file, path):
            return file
        os.close(file)
