"""Cassettes that can't be read or written, and what is told of a recording."""

import shlex
from pathlib import Path

from harness.errors._base import HarnessError, explained, place

_KEEP_OUT = "keep the secret out of what is sent and named, and record again"


class CassetteError(HarnessError):
    """A cassette can't be used as asked."""


class UnreadableCassette(CassetteError):
    """A file that is no cassette, or a damaged one.

    Args:
        path: The file.
        why: What is wrong with it, in a few words.
        line: Where, from 1; None when the place is not known.
        column: Where in the line, from 1.
        fix: What helps, when that is known.
    """

    def __init__(
        self,
        path: Path,
        why: str,
        *,
        line: int | None = None,
        column: int | None = None,
        fix: str | None = None,
    ) -> None:
        self.path, self.why, self.line, self.column = path, why, line, column
        super().__init__(explained(f"{place(path, line, column)}: {why}", fix=fix))


class FutureCassette(CassetteError):
    """A cassette written by a newer version of the format.

    Args:
        path: The file.
        version: The format version that the file names.
        known: The newest version that this harness reads.
    """

    def __init__(self, path: Path, version: int, known: int) -> None:
        self.path, self.version, self.known = path, version, known
        super().__init__(
            explained(
                f"{path}: format version {version} is newer than {known}, the newest known here.",
                fix="pip install --upgrade agentchat-harness",
            )
        )


class UnwritableCassette(CassetteError):
    """What is recorded can't be kept: the folder, or the disk, does not take it.

    Args:
        path: The cassette.
        why: What the system says.
        is_kept: Whether what was recorded is in its journal, and the cassette alone can't be made.
    """

    def __init__(self, path: Path, why: str, *, is_kept: bool = False) -> None:
        self.path, self.why = path, why
        command = f"harness cassettes doctor --recover {shlex.quote(str(path))}"
        fix = f"make room, or the folder writable, then {command}"
        super().__init__(
            explained(
                f"{path}: can't be recorded: {why}",
                folder=str(path.parent),
                kept="in its journal" if is_kept else None,
                fix=fix if is_kept else None,
            )
        )


class SecretFound(CassetteError):
    """A secret was about to be written into a cassette; nothing was written.

    Args:
        path: The cassette.
        secret: Where the secret is known from: a variable's or header's name, never its value.
        place: Where it stands in the recording: `interaction 3, response body`.
        is_old: Whether it was in the cassette before.
    """

    def __init__(self, path: Path, secret: str, place: str, *, is_old: bool = False) -> None:
        self.path, self.secret, self.place = path, secret, place
        verb, where, fix = "would be written into", place, _KEEP_OUT
        if is_old:
            file = shlex.quote(str(path))
            verb, where = "stands in", f"{place}, recorded before"
            fix = f"harness cassettes import {file} -o {file} --force"
        what = f"The value of {secret} {verb} {path}; nothing was written."
        super().__init__(explained(what, where=where, fix=fix))


class UnfinishedRecording(UserWarning):
    """Something was recorded, and is not in its cassette: a process was killed, or a file damaged.

    Args:
        cassette: The cassette.
        what: What is there, and why it is not in the cassette.
        fix: The command that helps.
    """

    def __init__(self, cassette: Path, what: str, fix: str) -> None:
        self.cassette, self.what = cassette, what
        super().__init__(explained(f"{cassette}: {what}", fix=fix))


class StreamOutlivesBlock(UserWarning):
    """The answer to a request was read on after its block; what came then is not recorded."""

    def __init__(self, request: str) -> None:
        cause = "its recording ended there, so that to read as far is a miss in a replay"
        what = f"The answer to {request} was read on after the end of its cassette's block."
        super().__init__(explained(what, cause=cause, fix="read it to its end inside the block"))
