"""`harness.cassette`: what it takes, and what is made of it."""

import inspect
import os
import shlex
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path

from harness.cassettes._arguments import not_known
from harness.cassettes._block import CassetteBlock
from harness.cassettes._names import path_of, spelt
from harness.cassettes._uses import Uses
from harness.errors import UsageError
from harness.in_use import CassetteInUse, ignored_hosts
from harness.interactions import Origin
from harness.journal import Durability
from harness.matching import KeyPart
from harness.redaction import Rule
from harness.session import CassetteSession, RecordMode, mode_named

_RUNNING_TEST = "PYTEST_CURRENT_TEST"


def cassette(  # noqa: PLR0913 - all but the name have a default and are given by name
    name: str | Path,
    *,
    record_mode: RecordMode | str | None = None,
    shared: str | Path | Sequence[str | Path] = (),
    key_parts: Sequence[KeyPart | str] = (),
    redact: Sequence[Rule | str] = (),
    replace: Mapping[str, str] | None = None,
    ignore_hosts: str | Collection[str] = (),
    ignore_localhost: bool = False,
    strict: bool = False,
    allow_playback_repeats: bool = False,
    record_on_exception: bool = False,
    durability: Durability = "process",
    origin: Origin = "live",
    pace: bool = False,
    owner: str = "",
    rerecord: str = "",
    test: str = "",
    run: str = "",
    **unknown: object,
) -> CassetteBlock:
    """A cassette for what a block of code, or a function, asks over HTTP, with whatever library.

    Args:
        name: `hello` is `cassettes/hello.yaml` below the project's folder, which is the nearest
            one with a `pyproject.toml`, `pytest.ini` or `.git`; a `Path`, or a text that ends in
            `.yaml`, `.json` or another suffix of cassettes, is taken as it is.
        record_mode: What is played, and what is recorded; by default what `pytest --record-mode`
            or the variable HARNESS_RECORD_MODE says, else nothing is ever asked live.
        shared: Further cassettes that are played where this one has no answer; never written.
        key_parts: Exceptions to "everything in a request counts"; also written as text:
            `ignore:/seed`.
        redact: Rules for what else is secret; also written as text: `header:x-tenant`.
        replace: Volatile texts, such as a server's changing address, and what stands for them.
        ignore_hosts: Hosts, with or without a port, that are asked live and not recorded.
        ignore_localhost: Whether this machine is one of them.
        strict: Whether requests must come in recorded order.
        allow_playback_repeats: Whether what was played may be played again.
        record_on_exception: Whether a block that raised leaves what it recorded.
        durability: What an interaction that was recorded outlives.
        origin: Who answers what is recorded.
        pace: Whether answers take their recorded time, on the world's clock.
        owner: What the code is called in messages.
        rerecord: The command that records again, for messages.
        test: The test that asks, where several share the cassette.
        run: The test run that makes cassettes of all journals at its end.
        **unknown: Refused, with what is meant.

    Raises:
        UsageError: There is no such argument or record mode, or no file can have such a name
            everywhere. What vcrpy calls an argument is said as it is said here.
    """
    if unknown:
        raise UsageError(not_known(unknown, list(inspect.signature(cassette).parameters)[:-1]))
    path = path_of(name)
    # One text is not the collection of its letters.
    beneath = [shared] if isinstance(shared, str | Path) else shared
    hosts = [ignore_hosts] if isinstance(ignore_hosts, str) else ignore_hosts
    opened = partial(
        CassetteSession,
        path,
        origin=origin,
        replace=replace,
        redact=redact,
        owner=owner,
        key_parts=key_parts,
        shared=[path_of(each) for each in beneath],
        test=test,
        run=run,
        strict=strict,
        allow_playback_repeats=allow_playback_repeats,
        record_on_exception=record_on_exception,
        durability=durability,
    )
    ignored = ignored_hosts(hosts, ignore_localhost)
    given = None if record_mode is None else mode_named(record_mode)

    def in_use(mode: RecordMode) -> CassetteInUse:
        # Said when it is opened: another call of a decorated function may have recorded it.
        fix = rerecord or _recorded_by(name, path, given)
        return CassetteInUse(opened(mode=mode, rerecord=fix), ignored, pace)

    return CassetteBlock(Uses(given, path, in_use))


def _recorded_by(name: str | Path, path: Path, given: RecordMode | None) -> str:
    """How a block's author records the cassette."""
    mode = RecordMode.REWRITE if path.exists() else RecordMode.ONCE
    if given is RecordMode.ONCE and path.exists():
        # Another block may have recorded the rest of the file.
        mode = RecordMode.NEW_EPISODES
    test = os.environ.get(_RUNNING_TEST, "").rpartition(" (")[0]
    if test and given is None:
        return f"pytest {shlex.quote(test)} --record-mode={mode}"
    return f'harness.cassette({spelt(name)}, record_mode="{mode}")'
