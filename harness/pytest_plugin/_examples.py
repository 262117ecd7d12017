"""Tests of Hypothesis: each example begins at the cassette's start.

What the first examples record, the next ones play.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from itertools import chain, repeat
from typing import Any

import pytest

from harness.pytest_plugin._opened import Opened


@contextmanager
def each_example_from_start(item: pytest.Item, opened: Opened) -> Iterator[None]:
    """A block in which a test's examples do so; nothing happens to other tests."""
    law = getattr(getattr(item, "obj", None), "hypothesis", None)
    if law is None:
        yield
        return
    modes = _modes(opened.mode, opened.path.exists())
    inner = law.inner_test
    law.inner_test = _within(lambda: opened.from_start(next(modes)), inner)
    try:
        yield
    finally:
        law.inner_test = inner


def _modes(mode: str, exists: bool) -> Iterator[str]:
    if mode in ("all", "rewrite"):
        return chain((mode,), repeat("new_episodes"))
    return repeat("new_episodes" if mode == "once" and not exists else mode)


def _within(
    block: Callable[[], AbstractContextManager[None]], function: Callable[..., Any]
) -> Callable[..., Any]:
    """The function, each call of it within a block of its own."""
    if inspect.iscoroutinefunction(function):

        @wraps(function)
        async def awaited(*args: Any, **kwargs: Any) -> Any:
            with block():
                return await function(*args, **kwargs)

        return awaited

    @wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        with block():
            return function(*args, **kwargs)

    return called
