"""`with harness.cassette("x"):` - a cassette around any block of code."""

import inspect
import os
import re
import shlex
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from functools import partial, wraps
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from harness.errors import UsageError
from harness.in_use import CassetteInUse, ignored_hosts
from harness.interactions import Origin
from harness.journal import Durability
from harness.matching import KeyPart
from harness.patching import patched
from harness.redaction import Rule
from harness.session import CassetteSession, RecordMode, mode_named

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

_FOLDER = "cassettes"
_SUFFIXES = frozenset({".yaml", ".yml", ".json", ".har", ".sse", ".eventstream"})
_NEVER_IN_NAMES = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f]')
# Windows takes them for devices, whatever their suffix.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_MODE_VARIABLE = "HARNESS_RECORD_MODE"  # The pytest plugin sets it.
_RUNNING_TEST = "PYTEST_CURRENT_TEST"
_ROOT_SIGNS = ("pyproject.toml", "pytest.ini", ".git")


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
) -> "CassetteBlock":
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
        pace: Whether answers take their recorded time, for asynchronous clients of httpx.
        owner: What the code is called in messages.
        rerecord: The command that records again, for messages.
        test: The test that asks, where several share the cassette.
        run: The test run that makes cassettes of all journals at its end.

    Raises:
        UsageError: There is no such record mode, or no file can have such a name everywhere.
    """
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

    def in_use() -> CassetteInUse:
        # Said when it is opened: another call of a decorated function may have recorded it.
        fix = rerecord or _recorded_by(name, path, given)
        mode = given or mode_named(os.environ.get(_MODE_VARIABLE, RecordMode.NONE))
        return CassetteInUse(opened(mode=mode, rerecord=fix), ignored, pace)

    return CassetteBlock(in_use)


class CassetteBlock:
    """What `cassette` returns: a context manager of both kinds, and a decorator.

    Args:
        opened: Opens the cassette.
    """

    def __init__(self, opened: Callable[[], CassetteInUse]) -> None:
        self._opened = opened
        self._resources: ExitStack | None = None

    def __enter__(self) -> CassetteInUse:
        if self._resources is not None:
            raise UsageError("This cassette is in use already: call harness.cassette(...) again.")
        with ExitStack() as resources:
            use = self._opened()
            resources.enter_context(use.session)
            resources.enter_context(patched())
            use.begin()
            resources.callback(use.end)
            self._resources = resources.pop_all()
        return use

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        resources, self._resources = self._resources, None
        if resources is not None:
            resources.__exit__(kind, error, traceback)

    async def __aenter__(self) -> CassetteInUse:
        return self.__enter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.__exit__(kind, error, traceback)

    def __call__(self, function: FunctionT) -> FunctionT:
        """Makes every call of a function, of either kind, a block with the cassette opened anew.

        Raises:
            UsageError: A generator runs in pieces, and what it asks belongs to no block.
        """
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise UsageError(f"{function.__qualname__} is a generator: use `with` inside it.")
        if inspect.iscoroutinefunction(function):
            return self._around_async(function)  # type: ignore[return-value]

        @wraps(function)
        def called(*args: Any, **kwargs: Any) -> Any:
            with CassetteBlock(self._opened):
                return function(*args, **kwargs)

        return called  # type: ignore[return-value]

    def _around_async(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        async def called(*args: Any, **kwargs: Any) -> Any:
            with CassetteBlock(self._opened):
                return await function(*args, **kwargs)

        return called


def path_of(name: str | Path) -> Path:
    """The file that a name stands for.

    Raises:
        UsageError: The name is empty, or some system has no file of that name.
    """
    if isinstance(name, Path):
        return name
    if Path(name).suffix.lower() in _SUFFIXES:
        return Path(name)
    _check(name)
    here = Path.cwd()
    folders = (here, *here.parents)
    roots = (each for each in folders if any((each / sign).exists() for sign in _ROOT_SIGNS))
    return next(roots, here) / _FOLDER / f"{name}.yaml"


def _check(name: str) -> None:
    parts = name.split("/")
    if not parts[-1].strip():
        raise UsageError(f"A cassette needs a name, and {name!r} ends without one.")
    unfit = next(_NEVER_IN_NAMES.finditer(name), None)
    device = next((part for part in parts if _DEVICES.fullmatch(part)), None)
    if unfit is None and device is None:
        return
    why = f"Windows keeps {device!r} for itself" if unfit is None else f"it has a {unfit[0]!r}"
    fit = "/".join(f"{part}_" if _DEVICES.fullmatch(part) else part for part in parts)
    fit = _NEVER_IN_NAMES.sub("_", fit.replace("\\", "/"))
    raise UsageError(
        f"{name!r} can't be a cassette's name on every system: {why}. Call it {fit!r}."
    )


def _recorded_by(name: str | Path, path: Path, given: RecordMode | None) -> str:
    """How a block's author records the cassette."""
    mode = RecordMode.REWRITE if path.exists() else RecordMode.ONCE
    test = os.environ.get(_RUNNING_TEST, "").rpartition(" (")[0]
    if test and given is None:
        return f"pytest {shlex.quote(test)} --record-mode={mode}"
    return f'harness.cassette({str(name)!r}, record_mode="{mode}")'
