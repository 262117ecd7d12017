"""A cassette around a block, or around every call of a function."""

import inspect
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial, wraps
from types import TracebackType
from typing import Any, TypeVar

from harness.cassettes._uses import Uses
from harness.errors import UsageError
from harness.in_use import CassetteInUse
from harness.patching import patched

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


class CassetteBlock:
    """What `cassette` returns: a context manager of both kinds, and a decorator.

    Args:
        uses: Opens the cassette.
    """

    def __init__(self, uses: Uses) -> None:
        self._uses = uses
        self._resources: ExitStack | None = None

    def __enter__(self) -> CassetteInUse:
        if self._resources is not None:
            raise UsageError("This cassette is in use already: call harness.cassette(...) again.")
        with ExitStack() as resources:
            use = self._uses.open()
            resources.push(partial(self._uses.close, use.session))
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
            with CassetteBlock(self._uses):
                return function(*args, **kwargs)

        return called  # type: ignore[return-value]

    def _around_async(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        async def called(*args: Any, **kwargs: Any) -> Any:
            with CassetteBlock(self._uses):
                return await function(*args, **kwargs)

        return called
