"""What reading a cassette gave, kept by the file's content: the next process takes it from there.

It is a cache and nothing else. Whatever is wrong with it, or with the folder, costs the time of
reading the cassette and is not told. It lies where only this user can write, and never in the
project: whoever can change it could as well change the code that runs, and no pull request can
bring one. A set `HARNESS_NO_INDEX` switches it off.
"""

import os
import stat
import sys
import threading
from functools import cache
from hashlib import blake2b
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter

from harness import interactions
from harness.interactions import Cassette

SMALLEST = 16_384
"""Bytes of a file for which an index is kept; what is shorter is read as fast without."""

MOST = 256_000_000
"""Bytes that all indexes together may have; the oldest go first."""

_DIGEST_SIZE = 20
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Index:
    """The place of what reading a file gave.

    Args:
        data: The file's content.
        suffix: Its name's, which some formats go by.
    """

    def __init__(self, data: bytes, suffix: str) -> None:
        self._folder = _folder() if _READERS else None
        key = blake2b(_READERS, digest_size=_DIGEST_SIZE)
        key.update(f"{suffix}\0".encode(errors="surrogateescape"))
        key.update(data)
        self._key = key.hexdigest()

    def read(self) -> Cassette | None:
        """What was kept; None when there is nothing, or nothing sound."""
        if self._folder is None:
            return None
        try:
            checksum, _, content = (self._folder / self._key).read_bytes().partition(b"\n")
            if checksum == self._checksum(content):
                return _stored().validate_json(content)[0]
        except (OSError, ValueError):
            pass
        return None

    def write(self, cassette: Cassette) -> None:
        """Keeps what reading gave."""
        if self._folder is None:
            return
        try:
            content = _stored().dump_json((cassette,), warnings="none")
            self._keep(self._folder, self._checksum(content) + b"\n" + content)
            _make_room(self._folder)
        except (OSError, ValueError):
            pass

    def _checksum(self, content: bytes) -> bytes:
        """It holds for this file's index alone, whatever name the index has got."""
        return blake2b(content, key=self._key.encode()).hexdigest().encode()

    def _keep(self, folder: Path, content: bytes) -> None:
        # Processes and threads that read the same file at once each write a draft of their own.
        draft = folder / f"{self._key}.{os.getpid()}.{threading.get_ident()}"
        try:
            draft.write_bytes(content)
            draft.replace(folder / self._key)
        finally:
            draft.unlink(missing_ok=True)


@cache
def _stored() -> TypeAdapter[tuple[Cassette]]:
    # Most cassettes are small: making this takes longer than reading one.
    strictly = ConfigDict(strict=True, ser_json_bytes="base64", val_json_bytes="base64")
    return TypeAdapter(tuple[Cassette], config=strictly)


def _readers() -> bytes:
    """A digest of the code that reads; empty where that is not to be seen."""
    digest = blake2b()
    try:
        for path in (*sorted(Path(__file__).parent.glob("*.py")), Path(interactions.__file__)):
            digest.update(path.read_bytes())
    except OSError:
        return b""
    return digest.digest()


# Other code may read the same file otherwise. Looked at with the import: later, the code on disk
# may be another than the one that runs.
_READERS = _readers()


def _folder() -> Path | None:
    """The folder of all indexes; None where there is none that is the user's alone, or wanted."""
    if os.environ.get("HARNESS_NO_INDEX"):
        return None
    given = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or ""
    try:
        base = Path(given) if Path(given).is_absolute() else Path.home() / ".cache"
        folder = base / "agentchat-harness"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder if _is_private(folder.lstat()) else None
    except (OSError, RuntimeError):
        return None


def _is_private(folder: os.stat_result) -> bool:
    if sys.platform == "win32":
        # A profile's folders are the user's alone, and the mode says nothing.
        return True
    is_own = stat.S_ISDIR(folder.st_mode) and folder.st_uid == os.geteuid()
    return is_own and not folder.st_mode & _OTHERS


@cache
def _make_room(folder: Path) -> None:
    """Drops the oldest indexes where there are too many; looked at once a process."""
    entries = [(path, path.stat()) for path in folder.iterdir()]
    total = 0
    for path, entry in sorted(entries, key=lambda each: each[1].st_mtime_ns, reverse=True):
        total += entry.st_size
        if total > MOST:
            path.unlink(missing_ok=True)
