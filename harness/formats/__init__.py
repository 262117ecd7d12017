"""Cassettes as files: the harness's own format, and those of other recorders.

A file is a `Source`: its bytes, unpacked, and what they say as YAML or JSON. The first format that
recognises it reads it into a `Cassette`. The harness's own (`own`, `_own_shape`) is read block by
block while it is as it was written (`_canonical_reading`), and what that gave is kept (`_index`).
What the others have in common is in `_foreign`; their bodies are taken out of what they travelled
in (`_unwrapping`, `_compression`).

A format is a module here with a `FORMAT`; adding one means writing the module and naming it below.
"""

import os
import stat
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from harness.errors import InternalError, UnreadableCassette
from harness.formats import (
    cassetter,
    event_stream,
    exchange,
    go_vcr,
    har,
    nock,
    own,
    ruby_vcr,
    vcrpy,
)
from harness.formats._bodies import reviewable
from harness.formats._compression import decompressed
from harness.formats._index import SMALLEST, Index
from harness.formats._refused import refusal
from harness.formats._source import Format, Source, nearest
from harness.interactions import Cassette, Header, Interaction

__all__ = [
    "FORMATS",
    "SCHEMA",
    "Format",
    "Source",
    "decompressed",
    "format_of",
    "imported",
    "joined",
    "load",
    "loaded",
    "opened",
    "replace_bytes",
    "reviewable",
    "save",
]

SCHEMA = Path(__file__).with_name("cassette-format.schema.json")
"""The JSON schema of the harness's own format."""

FORMATS: tuple[Format, ...] = (
    event_stream.FORMAT,
    cassetter.TOML,
    own.FORMAT,
    har.FORMAT,
    ruby_vcr.FORMAT,
    cassetter.FORMAT,
    go_vcr.FORMAT,
    vcrpy.FORMAT,
    nock.FORMAT,
    exchange.FORMAT,
)
"""In the order in which a file is tried: each recognises its own by what stands in the file."""


def load(path: Path) -> Cassette:
    """Reads a cassette in whichever known format it is; nothing in it is ever run.

    Raises:
        UnreadableCassette: There is no such file, it is damaged, or of no known format.
        FutureCassette: It was written by a newer version of the harness.
    """
    source = opened(path)
    index = Index(source.data, path.suffix) if len(source.data) >= SMALLEST else None
    kept = index.read() if index is not None else None
    if kept is not None:
        return kept
    cassette = loaded(source)
    # Another recorder's file may hold secrets, which must not lie in a second place.
    if index is not None and format_of(source) is own.FORMAT:
        index.write(cassette)
    return cassette


def opened(path: Path) -> Source:
    """A file, read; what it says is found out once, whoever asks.

    Raises:
        UnreadableCassette: There is no such file, or it is packed and damaged.
    """
    try:
        # A pipe is not even opened: that would wait for who writes into it.
        if not stat.S_ISREG(path.stat().st_mode):
            raise UnreadableCassette(path, "it is no file, but a folder, a pipe or a device")
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableCassette(path, error.strerror or "can't be read") from error
    return Source(path, data)


def loaded(source: Source) -> Cassette:
    """The cassette that a file's content is; see `load`."""
    try:
        return format_of(source).read(source)
    except UnreadableCassette as error:
        raise refusal(source.path, source.data) or error from error
    except RecursionError as error:
        raise UnreadableCassette(source.path, "nested too deeply") from error


def format_of(source: Source) -> Format:
    """The format in which a file is.

    Raises:
        UnreadableCassette: It is damaged, or of no known format.
    """
    for form in FORMATS:
        if form.recognises(source):
            return form
    raise _unknown(source)


def save(path: Path, cassette: Cassette) -> None:
    """Writes a cassette in the harness's own format, whole or not at all.

    Equal cassettes give equal bytes.
    """
    data = own.written(cassette)
    if loaded(Source(path, data)) != cassette:
        raise InternalError(f"The recording for {path} would not read back as it is.")
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_bytes(path, data)


def replace_bytes(path: Path, data: bytes) -> None:
    """Gives a file a new content; the old file stays whole until the new one is."""
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


def imported(paths: Iterable[Path], clean: Callable[[Interaction], Interaction]) -> Cassette:
    """One cassette of all that the files hold, in their order, fit to be saved.

    Args:
        paths: Files in any known format.
        clean: Makes an interaction fit for a file that others read: without secrets, and with the
            headers alone that matter.

    Raises:
        UnreadableCassette: One of the files can't be read.
        FutureCassette: One of them was written by a newer version of the harness.
    """
    return joined([load(path) for path in paths], clean)


def joined(cassettes: Sequence[Cassette], clean: Callable[[Interaction], Interaction]) -> Cassette:
    """One cassette of all that several hold; see `imported`."""
    interactions: list[Interaction] = []
    for cassette in cassettes:
        before = len(interactions)
        for each in cassette.interactions:
            beneath = tuple(before + number for number in each.beneath)
            interactions.append(clean(replace(each, beneath=beneath)))
    headers = [cassette.header for cassette in cassettes]
    by = dict.fromkeys(header.by for header in headers if header.by)
    is_scripted = any(header.origin == "scripted" for header in headers)
    header = Header(
        recorded=max((header.recorded for header in headers), default=""),
        by=", ".join(by),
        origin="scripted" if is_scripted else "live",
        unfinished=tuple(sorted({test for header in headers for test in header.unfinished})),
    )
    return Cassette(header, tuple(interactions))


def _unknown(source: Source) -> UnreadableCassette:
    """The error for a file that is of no format known here, and perhaps near to one."""
    if not source.data.strip():
        return source.problem("it is empty")
    marks = list(dict.fromkeys(mark for form in FORMATS for mark in form.marks))
    why = f"not a cassette in a format known here ({', '.join(form.name for form in FORMATS)})"
    for key in source.tree if isinstance(source.tree, dict) else ():
        if key in marks:
            forms = " or ".join(form.name for form in FORMATS if key in form.marks)
            return source.problem(f"{why}: what is in {key!r} is not of {forms}", (key,))
        if isinstance(key, str) and (hint := nearest(key, marks)):
            return source.problem(f"{why}: unknown key {key!r}{hint}", (key,))
    return source.problem(why)
