"""A command in a container that never outlives its time: what it has started goes with it."""

import asyncio
import contextlib
import secrets
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final

from docker.utils.socket import read

from agentchat.core._cancellation import CancellationToken
from agentchat.core._daemon_thread import in_daemon_thread
from agentchat.ext.code_executors import _docker_engine
from agentchat.ext.code_executors._docker_engine import ContainerNotRunning, naming_errors
from agentchat.ext.code_executors._process import TIMED_OUT, Outcome

WORKSPACE: Final = "/workspace"
"""Where in the container the working directory is."""

CANCELLED: Final = 1
"""Exit code of what was cancelled."""

_KILLED: Final = 137
_KILLED_BY: Final = "Killed, for want of memory, by other code, or together with its container."
_MARK: Final = "AGENTCHAT_EXECUTION"
_LAST_WORDS_SECONDS: Final = 1.0
_POLL_SECONDS: Final = 0.02
_PIECE_BYTES: Final = 65536
_STANDARD_OUTPUT: Final = 1
_HEADER_BYTES: Final = 8
"""Before each frame of output: which stream it is of, three bytes, and its length in four."""

# The program's time begins when it says so, not when the engine is asked to start it.
_BEGUN: Final = b"\n"
_RUN_ANNOUNCED: Final = 'echo; exec "$@"'

# Every descendant has the mark in its environment, in whatever session or group it hides.
_KILL_MARKED: Final = """
command -v grep >/dev/null || exit 1
for round in 1 2 3 4 5 6 7 8 9 10; do
    found=$(grep -lsa "$1" /proc/[0-9]*/environ)
    [ -n "$found" ] || exit 0
    for file in $found; do
        process=${file#/proc/}
        kill -9 "${process%/environ}" 2>/dev/null
    done
done
exit 1
"""


async def run(
    container: Any,
    arguments: Sequence[str],
    timeout_seconds: float,
    cancellation_token: CancellationToken,
) -> Outcome:
    """Runs a program in a container until it has ended and its output is closed.

    The time counts from the program's start, however long the engine takes for that. When it is
    up, or the token is cancelled, the program and its descendants are killed; the outcome has what
    they wrote until then. It is the same when the awaiting task is cancelled, except that there is
    no outcome.

    Raises:
        ContainerNotRunning: There is no container to run it in.
        DockerUnavailable: The engine does not answer.
    """
    execution = _Execution(container, arguments)
    try:
        with cancellation_token.interrupting():
            return await _ended(execution, timeout_seconds)
    except TimeoutError:
        return Outcome(TIMED_OUT, f"{execution.text()}\n Timeout")
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if not cancellation_token.is_cancelled() or (task is not None and task.cancelling()):
            raise
        return Outcome(CANCELLED, f"{execution.text()}Code execution was cancelled.")


class _Execution:
    """One program in a container. Its methods block, except `text`."""

    def __init__(self, container: Any, arguments: Sequence[str]) -> None:
        self._container = container
        self._engine = container.client.api
        self._arguments = ["/bin/sh", "-c", _RUN_ANNOUNCED, "code", *arguments]
        self._mark = f"{_MARK}={secrets.token_hex(16)}"
        self._output = bytearray()
        self._id = ""
        self._socket: Any = None
        self._frames: Iterator[bytes] = iter(())

    def start(self) -> None:
        """Returns when the program runs."""
        with naming_errors(self._container.name):
            created = self._engine.exec_create(
                self._container.id,
                self._arguments,
                # A killed process can't write out what it has held back.
                environment=[self._mark, "PYTHONUNBUFFERED=1"],
                workdir=WORKSPACE,
            )
            self._id = created["Id"]
            self._socket = self._engine.exec_start(self._id, socket=True)
            self._frames = _frames_of(_reader_of(self._socket))
            try:
                self._output += next(self._frames, b"")
            except OSError:
                self.close()
                raise
        # Until here the engine had to answer in time; the program may be silent for long.
        self._connection().settimeout(None)

    def read(self) -> None:
        """Collects output until all who could write are gone, and the program has exited."""
        # The connection of an execution that is abandoned is closed under the reader.
        with contextlib.suppress(OSError, ValueError):
            for frame in self._frames:
                self._output += frame
        with contextlib.suppress(ContainerNotRunning):
            while self._state()["Running"]:
                time.sleep(_POLL_SECONDS)

    def outcome(self) -> Outcome:
        try:
            exit_code = self._state()["ExitCode"]
        except ContainerNotRunning:
            exit_code = _KILLED
        if exit_code == _KILLED:
            return Outcome(_KILLED, f"{self.text()}\n{_KILLED_BY}")
        return Outcome(exit_code, self.text())

    def kill(self) -> None:
        killer = ["/bin/sh", "-c", _KILL_MARKED, "kill", self._mark]
        # Where there is no container any more, nothing is left to kill.
        with contextlib.suppress(ContainerNotRunning), naming_errors(self._container.name):
            if self._container.exec_run(killer).exit_code != 0:
                _docker_engine.restart(self._container)

    def close(self) -> None:
        # A reader would not notice that the connection is closed; it does notice its end.
        with contextlib.suppress(OSError):
            self._connection().shutdown(socket.SHUT_RDWR)
        # The library keeps the connection open for as long as the response under the socket.
        self._socket._response.close()
        self._socket.close()

    def _connection(self) -> Any:
        return getattr(self._socket, "_sock", self._socket)

    def _state(self) -> Any:
        with naming_errors(self._container.name):
            return self._engine.exec_inspect(self._id)

    def text(self) -> str:
        """All it wrote until now, as it came; bytes that are not UTF-8 are replaced."""
        return self._output.decode("utf-8", "replace")


def _reader_of(connection: Any) -> Callable[[int], bytes]:
    # The library's own reader has forgotten what came in one piece with the head of the answer;
    # that is in the stream that the head was read from. Over SSH there is no such stream.
    stream = connection._response.raw._fp.fp
    return getattr(stream, "read1", partial(read, connection))


def _frames_of(read_some: Callable[[int], bytes]) -> Iterator[bytes]:
    """What the program writes, piece by piece; the first, maybe empty, comes when it begins."""
    # The library's own reader asks the system for each few bytes, too slow for code that floods.
    received = bytearray()
    announcement = _BEGUN
    while piece := read_some(_PIECE_BYTES):
        received += piece
        while len(received) >= _HEADER_BYTES:
            end = _HEADER_BYTES + int.from_bytes(received[4:_HEADER_BYTES])
            if len(received) < end:
                break
            frame = bytes(received[_HEADER_BYTES:end])
            # Errors may overtake it, for the streams are pipes of their own up to here.
            if received[0] == _STANDARD_OUTPUT:
                frame, announcement = frame.removeprefix(announcement), b""
            yield frame
            del received[:end]


async def _ended(execution: _Execution, timeout_seconds: float) -> Outcome:
    # A cancellation must not fall between the start of the program and our hold on it.
    starting = asyncio.ensure_future(asyncio.to_thread(execution.start))
    reading: asyncio.Future[None] | None = None
    try:
        await asyncio.shield(starting)
        reading = _reading(execution)
        async with asyncio.timeout(timeout_seconds):
            await asyncio.shield(reading)
    except BaseException:
        await starting
        await _end(execution, reading or _reading(execution))
        raise
    await asyncio.to_thread(execution.close)
    return await asyncio.to_thread(execution.outcome)


def _reading(execution: _Execution) -> "asyncio.Future[None]":
    return in_daemon_thread(execution.read, name="docker-output")


async def _end(execution: _Execution, reading: "asyncio.Future[None]") -> None:
    try:
        await asyncio.shield(asyncio.ensure_future(asyncio.to_thread(execution.kill)))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_SECONDS):
                await asyncio.shield(reading)
    finally:
        execution.close()
