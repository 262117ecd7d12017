"""What can be wrong with a cassette's file, and which command mends it."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from harness.errors import CassetteError, FutureCassette, UnreadableCassette, UsageError
from harness.formats import Source, loaded, own
from harness.formats._own_shape import VERSION
from harness.interactions import Cassette
from harness.upkeep._committed import committed
from harness.upkeep._places import command_for, doctor_command, quoted

Kind = Literal[
    "empty", "lfs-pointer", "merge-conflict", "byte-order-mark", "line-ends", "truncated",
    "unreadable", "newer-version", "old-version", "unfinished", "orphan", "misplaced", "duplicate",
    "same-name", "journal", "damaged-journal", "draft",
]  # fmt: skip

_LFS = b"version https://git-lfs.github.com/spec/"
_BEGIN = re.compile(rb"^<{7}(?: |\r?$)", re.MULTILINE)
_CONFLICT = re.compile(
    rb"^<{7}[^\n]*\n(?P<ours>.*?)(?:^\|{7}[^\n]*\n.*?)?^={7}\r?\n(?P<theirs>.*?)^>{7}[^\n]*(?:\n|\Z)",
    re.MULTILINE | re.DOTALL,
)
_OURS = re.compile(rb"^harness: cassette\r?$", re.MULTILINE)
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@dataclass(frozen=True, slots=True)
class Ailment:
    """Something that is wrong with a file."""

    file: str
    line: int | None
    """From 1; None when it is no certain one."""

    kind: Kind
    what: str
    fix: str
    """The command that helps."""

    mendable: bool = False
    """Whether `--fix` mends it, with nothing lost."""


def ailments_of(path: Path, data: bytes) -> tuple[list[Ailment], Cassette | None]:
    """What is wrong with a cassette's file, by its content alone; and the cassette, if it is one.

    Args:
        path: The file.
        data: Its content.
    """
    if not data.strip():
        return [_broken(path, "empty", "it is empty")], None
    if data.startswith(_LFS):
        fix = f"git lfs pull --include {quoted(path)}"
        return [Ailment(path.as_posix(), 1, "lfs-pointer", "git has not fetched it", fix)], None
    if begin := _BEGIN.search(data):
        line = data.count(b"\n", 0, begin.start()) + 1
        what = "it holds both sides of a merge"
        fix = f"git checkout --ours {quoted(path)}, or --theirs"
        return [Ailment(path.as_posix(), line, "merge-conflict", what, fix)], None
    found = list(_spelling(path, data))
    try:
        cassette = loaded(Source(path, mended_spelling(data)))
    except CassetteError as error:
        return [*found, _unreadable(path, data, error)], None
    found += _version(path, data)
    if cassette.header.unfinished:
        found.append(_unfinished(path, cassette))
    return found, cassette


def mended_spelling(data: bytes) -> bytes:
    """A cassette of ours without a mark of its byte order, and with plain line ends.

    Any other file stays as it is: line ends may mean something in it, or be none at all.
    """
    plain = _decoded(data)
    return plain.replace(b"\r\n", b"\n") if _OURS.search(plain) else data


def sides_of(data: bytes) -> tuple[bytes, bytes]:
    """The two files of which a merge made this one."""
    ours, theirs = (
        _CONFLICT.sub(lambda match, side=side: match[side], data)  # type: ignore[misc]
        for side in ("ours", "theirs")
    )
    return ours, theirs


def mend_command(path: Path) -> str:
    """What mends a file."""
    return f"{doctor_command(path)} --fix"


def _decoded(data: bytes) -> bytes:
    """The content as UTF-8, if it says by a mark how it is encoded."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            try:
                return data.decode(encoding).encode()
            except UnicodeError:
                return data
    return data


def _spelling(path: Path, data: bytes) -> Iterator[Ailment]:
    if mended_spelling(data) == data:
        return
    name, fix, plain = path.as_posix(), mend_command(path), _decoded(data)
    if plain != data:
        yield Ailment(name, 1, "byte-order-mark", "it begins with a byte order mark", fix, True)
    if b"\r\n" in plain:
        line = plain.count(b"\n", 0, plain.index(b"\r\n")) + 1
        yield Ailment(name, line, "line-ends", "it has the line ends of Windows", fix, True)


def _unreadable(path: Path, data: bytes, error: CassetteError) -> Ailment:
    if isinstance(error, FutureCassette):
        what = f"its format version {error.version} is newer than {error.known}"
        fix = "pip install --upgrade agentchat-harness"
        return Ailment(path.as_posix(), None, "newer-version", what, fix)
    is_ours = data.lstrip().startswith(b"harness: cassette")
    kind: Kind = "truncated" if is_ours and not data.rstrip().endswith(b"...") else "unreadable"
    if isinstance(error, UnreadableCassette):
        return _broken(path, kind, error.why, error.line)
    return _broken(path, kind, str(error))


def _version(path: Path, data: bytes) -> Iterator[Ailment]:
    source = Source(path, mended_spelling(data))
    version = source.tree.get("version") if own.recognises(source) else None
    if isinstance(version, int) and version < VERSION:
        what = f"it has the format version {version}; {VERSION} is written now"
        yield Ailment(path.as_posix(), None, "old-version", what, mend_command(path), True)


def _unfinished(path: Path, cassette: Cassette) -> Ailment:
    tests = [test for test in cassette.header.unfinished if test]
    what = "its recording was broken off" + (f": {', '.join(tests)}" if tests else "")
    return Ailment(path.as_posix(), None, "unfinished", what, command_for(path, "once", tests))


def _broken(path: Path, kind: Kind, what: str, line: int | None = None) -> Ailment:
    """With the command that brings back what is committed, if that is whole; else records again."""
    try:
        committed(path, "HEAD")
        fix = f"git restore {quoted(path)}"
    except (CassetteError, UsageError):
        fix = command_for(path)
    return Ailment(path.as_posix(), line, kind, what, fix)
