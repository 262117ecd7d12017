"""`with harness.cassette("x"):` - a cassette around any block of code."""

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from functools import partial, wraps
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from harness.cassette import Origin
from harness.errors import UsageError
from harness.in_use import CassetteInUse, ignored_hosts
from harness.journal import Durability
from harness.matching import KeyPart
from harness.patching import patched
from harness.redaction import Rule
from harness.session import CassetteSession, RecordMode

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

_FOLDER = "cassettes"
_ROOT_SIGNS = ("pyproject.toml", "pytest.ini", ".git")


def cassette(  # noqa: PLR0913 - all but the name have a default and are given by name
    name: str | Path,
    *,
    record_mode: RecordMode | str = RecordMode.NONE,
    shared: Sequence[str | Path] = (),
    key_parts: Sequence[KeyPart] = (),
    redact: Sequence[Rule] = (),
    replace: Mapping[str, str] | None = None,
    ignore_hosts: Collection[str] = (),
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
            one with a `pyproject.toml`, `pytest.ini` or `.git`; a path, or a name with a suffix,
            is taken as it is.
        record_mode: What is played, and what is recorded; by default nothing is ever asked live.
        shared: Further cassettes that are played where this one has no answer; never written.
        key_parts: Exceptions to "everything in a request counts".
        redact: Rules for what else is secret.
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
        UsageError: There is no such record mode.
    """
    path = path_of(name)
    opened = partial(
        CassetteSession,
        path,
        mode=_mode(record_mode),
        origin=origin,
        replace=replace,
        redact=redact,
        owner=owner,
        rerecord=rerecord or f'harness.cassette({str(name)!r}, record_mode="rewrite")',
        key_parts=key_parts,
        shared=[path_of(each) for each in shared],
        test=test,
        run=run,
        strict=strict,
        allow_playback_repeats=allow_playback_repeats,
        record_on_exception=record_on_exception,
        durability=durability,
    )
    ignored = ignored_hosts(ignore_hosts, ignore_localhost)
    return CassetteBlock(lambda: CassetteInUse(opened(), ignored, pace))


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
    """The file that a name stands for."""
    if isinstance(name, Path) or Path(name).suffix:
        return Path(name)
    here = Path.cwd()
    folders = (here, *here.parents)
    roots = (each for each in folders if any((each / sign).exists() for sign in _ROOT_SIGNS))
    return next(roots, here) / _FOLDER / f"{name}.yaml"


def _mode(name: RecordMode | str) -> RecordMode:
    try:
        return RecordMode(name)
    except ValueError:
        modes = ", ".join(RecordMode)
        raise UsageError(f"There is no record mode {name!r}; there are: {modes}.") from None
