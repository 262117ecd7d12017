"""CancellationToken: one switch that stops everything linked to it."""

import asyncio
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

F = TypeVar("F", bound="asyncio.Future[Any]")


class CancellationToken:
    """Stops the pending calls of a run, from any task or thread.

    A cancelled call ends with `asyncio.CancelledError`. What was linked is forgotten as soon as it
    is done, so that one token may serve a long session.
    """

    def __init__(self) -> None:
        self._cancelled = False
        self._lock = threading.Lock()
        # A dict, because it is ordered and forgets one entry in constant time.
        self._callbacks: dict[object, Callable[[], None]] = {}
        self._interrupted: dict[asyncio.Task[Any], Interruption] = {}

    def cancel(self) -> None:
        """Cancels everything linked, in the order it was linked; a second call does nothing."""
        with self._lock:
            if self._cancelled:
                return
            self._cancelled = True
            callbacks = list(self._callbacks.values())
            self._callbacks.clear()
        # Outside the lock: a callback may use the token.
        for callback in callbacks:
            callback()
        for interruption in list(self._interrupted.values()):
            interruption.fire()

    def is_cancelled(self) -> bool:
        """Whether `cancel` has been called."""
        with self._lock:
            return self._cancelled

    def add_callback(self, callback: Callable[[], None]) -> None:
        """Calls back on cancellation; at once if that has happened already."""
        self._register(object(), callback)

    def link_future(self, future: F) -> F:
        """Cancels the future together with this token, on the future's own loop."""
        key = object()
        future.add_done_callback(lambda _: self._forget(key))
        self._register(key, lambda: _on_loop(future.get_loop(), future.cancel))
        return future

    def interrupting(self) -> "Interruption":
        """A block in which cancelling this token cancels what the running task awaits.

        This reaches code that knows nothing of the token. The block ends with `CancelledError`; it
        does so at once when the token has been cancelled before.
        """
        return Interruption(self)

    def _register(self, key: object, callback: Callable[[], None]) -> None:
        with self._lock:
            if not self._cancelled:
                self._callbacks[key] = callback
                return
        callback()

    def _forget(self, key: object) -> None:
        with self._lock:
            self._callbacks.pop(key, None)


class Interruption:
    """Turns the cancelling of a token into the cancelling of the task that runs a block.

    One block after the other may use it; the steps of a stream do.
    """

    __slots__ = ("_cancelled_task", "_fired", "_task", "_token")

    def __init__(self, token: CancellationToken) -> None:
        self._token = token
        self._task: asyncio.Task[Any] | None = None
        self._fired = False
        self._cancelled_task = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        # An enclosing block of the same token stands guard over this task already.
        if task is not None and self._token._interrupted.setdefault(task, self) is self:
            self._task = task
        if self._token._cancelled:
            self.__exit__(None, None, None)
            raise asyncio.CancelledError

    def fire(self) -> None:
        """Cancels what the task awaits; the token calls it, on any thread."""
        if self._task is not None:
            _on_loop(self._task.get_loop(), self._cancel_task)

    def _cancel_task(self) -> None:
        if self._task is None:
            return  # The block ended before another thread's cancellation arrived.
        self._fired = True
        if asyncio.current_task() is self._task:
            # A task that cancels its own token: a cancellation pending in a running task could
            # hit an await behind the block, so it waits until the task does.
            self._task.get_loop().call_soon(self._cancel_task)
        else:
            self._cancelled_task = True
            self._task.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        task, self._task = self._task, None
        if task is not None:
            del self._token._interrupted[task]
            if self._cancelled_task:
                # The task itself goes on; it was not its owner who cancelled it.
                task.uncancel()
        if self._fired and (error is None or isinstance(error, StopAsyncIteration)):
            raise asyncio.CancelledError


def _on_loop(loop: asyncio.AbstractEventLoop, action: Callable[[], object]) -> None:
    """Runs the action now when the loop runs here, else hands it over to the loop's thread."""
    if asyncio._get_running_loop() is loop:
        action()
    elif not loop.is_closed():
        loop.call_soon_threadsafe(action)
