"""Tests of Hypothesis: each example begins at the cassette's start.

What the first examples record, the next ones play, but for those in the mode `all`.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from typing import Any

import pytest

from harness.pytest_plugin._names import Node
from harness.pytest_plugin._opened import Opened


def law_of(node: Node) -> Any:
    """What Hypothesis knows of a test; None for others, and for what holds tests."""
    function = getattr(node, "obj", None) if isinstance(node, pytest.Item) else None
    return getattr(function, "hypothesis", None)


@contextmanager
def each_example_from_start(item: pytest.Item, opened: Opened) -> Iterator[None]:
    """A block in which a test's examples do so; nothing happens to other tests."""
    law = law_of(item)
    if law is None:
        yield
        return
    inner = law.inner_test
    law.inner_test = _within(opened.from_start, inner)
    try:
        yield
    finally:
        law.inner_test = inner


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
