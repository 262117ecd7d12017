"""Cassettes as files: the harness's own format, and those of other recorders.

A format is a module here with a `FORMAT`; adding one means writing the module and naming it below.
"""

import os
from pathlib import Path

from harness.cassette import Cassette
from harness.errors import InternalError, UnreadableCassette
from harness.formats import own, vcrpy
from harness.formats._bodies import reviewable
from harness.formats._compression import decompressed
from harness.formats._source import Format, Source

__all__ = ["FORMATS", "Format", "Source", "decompressed", "load", "loaded", "reviewable", "save"]

FORMATS: tuple[Format, ...] = (own.FORMAT, vcrpy.FORMAT)


def load(path: Path) -> Cassette:
    """Reads a cassette in whichever known format it is; nothing in it is ever run.

    Raises:
        UnreadableCassette: There is no such file, it is damaged, or of no known format.
        FutureCassette: It was written by a newer version of the harness.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableCassette(path, error.strerror or "can't be read") from error
    return loaded(Source(path, data))


def loaded(source: Source) -> Cassette:
    """The cassette that a file's content is; see `load`."""
    try:
        for form in FORMATS:
            if form.recognises(source):
                return form.read(source)
    except RecursionError as error:
        raise UnreadableCassette(source.path, "nested too deeply") from error
    known = ", ".join(form.name for form in FORMATS)
    raise source.problem(f"not a cassette in a format known here ({known})")


def save(path: Path, cassette: Cassette) -> None:
    """Writes a cassette in the harness's own format; the old file stays whole until the new one is.

    Equal cassettes give equal bytes.
    """
    data = own.written(cassette)
    if loaded(Source(path, data)) != cassette:
        raise InternalError(f"The recording for {path} would not read back as it is.")
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own for each process, so that two that record at once don't share it.
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
