"""Work that may block for ever, in a thread that nobody waits for."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

T = TypeVar("T")


def in_daemon_thread(work: Callable[[], T], name: str) -> "asyncio.Future[T]":
    """Does work that blocks in a thread of its own.

    The end of the program would wait for a thread of the loop's pool, and so for a person or a
    machine that may have gone; and many such threads at once would use the pool up.

    Args:
        work: What it returns or raises becomes the future's.
        name: Of the thread.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        try:
            deliver = partial(done.set_result, work())
        except Exception as error:  # Raised again where the future is awaited.
            deliver = partial(done.set_exception, error)
        # The loop may be closed by the time that an abandoned thread ends.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(lambda: done.done() or deliver())

    threading.Thread(target=run, name=name, daemon=True).start()
    return done
