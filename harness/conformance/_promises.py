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
"""How long a call may take before it counts as hanging."""


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


async def outcome_of(call: Awaitable[T], what: str) -> T | BaseException:
    """What comes of a call: what it returns, or what it raises.

    Args:
        call: Is made in a task of its own, so that no cancellation gets out of it.
        what: Names it in a sentence.

    Raises:
        AssertionError: It hangs.
    """
    task = asyncio.ensure_future(call)
    done, _ = await asyncio.wait([task], timeout=_PATIENCE_SECONDS)
    if not done:
        task.cancel()
    promise(f"{what} comes to an end", done)
    if task.cancelled():
        return asyncio.CancelledError()
    return task.exception() or task.result()


async def answer_of(call: Awaitable[T], what: str) -> T:
    """What a call returns.

    Raises:
        AssertionError: It hangs.
        BaseException: What the call raises.
    """
    outcome = await outcome_of(call, what)
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


@asynccontextmanager
async def no_task_left(what: str) -> AsyncIterator[None]:
    """A block behind which no asyncio task is left that began in it."""
    before = asyncio.all_tasks()
    yield
    # A task that has just come to its end is still listed until the loop has seen to it.
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
