"""Coroutines, for code that is not async."""

import asyncio
import os
import threading
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")

_opening = threading.Lock()


def run_sync(coroutine: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns, for code that is not async.

        result = run_sync(team.run(task="Go."))

    All calls share one event loop, in a thread of its own, so that teams and model clients may be
    used again and again and keep their connections. Where another loop is running, as in a
    notebook, it stands still meanwhile. Whatever ends the waiting, such as Ctrl-C, cancels the
    coroutine.

    Raises:
        RuntimeError: It was called by what it runs itself, and would wait for ever.
    """
    with _opening:
        loop = _loop_of(os.getpid())
    if asyncio._get_running_loop() is loop:
        coroutine.close()
        raise RuntimeError(
            "run_sync was called by a coroutine that run_sync runs, and would wait for itself.\n"
            "  fix:      await the coroutine instead"
        )
    done = asyncio.run_coroutine_threadsafe(coroutine, loop)
    try:
        return done.result()
    finally:
        done.cancel()


@cache
def _loop_of(process: int) -> asyncio.AbstractEventLoop:
    """The loop of a process: a fork has no threads of the process it came from."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="run-sync", daemon=True).start()
    return loop
