"""Promises: one sentence each, checked, and quoted when they are broken."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from inspect import isawaitable
from typing import Any, TypeVar

T = TypeVar("T")

Make = Callable[[], T | Awaitable[T]]
"""Makes a fresh one each time it is called; may be async."""

_PATIENCE_SECONDS = 30.0
"""How long a check may take before it counts as hanging."""


def promise(sentence: str, kept: object, found: object = None) -> None:
    """Holds a promise against what was found.

    Raises:
        AssertionError: It was not kept.
    """
    if not kept:
        details = "" if found is None else f" Found: {found!r}."
        raise AssertionError(f"Broken promise: {sentence}.{details}")


async def made(make: Make[T]) -> T:
    """A fresh one."""
    thing = make()
    return await thing if isawaitable(thing) else thing


async def raised_by(call: Awaitable[object]) -> BaseException | None:
    """What a call raises, cancellation included; None when it returns."""
    task = asyncio.current_task()
    try:
        await call
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        if task is not None and task.cancelling():
            raise  # It is the check itself that is cancelled.
        return error
    return None


@asynccontextmanager
async def orderly(what: str) -> AsyncIterator[None]:
    """A block that comes to an end, and leaves no asyncio task behind.

    Args:
        what: Names in a promise what happens in the block.
    """
    before = asyncio.all_tasks()
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            yield
    except TimeoutError as error:
        raise AssertionError(f"Broken promise: {what} comes to an end.") from error
    # A task that is through is listed until the loop has seen to it.
    await asyncio.sleep(0)
    left = [task.get_coro() for task in asyncio.all_tasks() - before]
    promise(f"{what} leaves no task behind", not left, left)


def through_json(state: Mapping[str, Any], what: str) -> Any:
    """A saved state as it is after it was written to a file and read again."""
    try:
        return json.loads(json.dumps(state))
    except (TypeError, ValueError) as error:
        raise AssertionError(
            f"Broken promise: what {what} saves is made of JSON values. Found: {error}."
        ) from error
