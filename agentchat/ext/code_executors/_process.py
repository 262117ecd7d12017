"""A process that never outlives its time: what it has started goes with it, its output stays."""

import asyncio
import contextlib
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from agentchat.core._cancellation import CancellationToken

TIMED_OUT: Final = 124
"""Exit code of what took too long; the one that `timeout` has."""

CANCELLED: Final = 125
"""Exit code of what was cancelled."""

_LAST_WORDS_SECONDS: Final = 0.5
_MARK: Final = "AGENTCHAT_PROCESS"
_ROUNDS: Final = 10
"""How often to look for what has started meanwhile."""


class Command(NamedTuple):
    """What to run, and where."""

    arguments: Sequence[str]
    """The program and its arguments."""

    directory: Path
    environment: Mapping[str, str]


class Outcome(NamedTuple):
    """What came of a process."""

    exit_code: int
    output: str
    """All it wrote, errors first; bytes that are not UTF-8 are replaced."""


async def run(
    command: Command, timeout_seconds: float, cancellation_token: CancellationToken
) -> Outcome:
    """Runs a process until it has ended and nobody holds its output open any more.

    The time counts from the process's start. When it is up, or the token is cancelled, the process
    and its descendants are killed (outside Linux, those that have not left its group); the outcome
    has what they wrote until then. It is the same when the awaiting task is cancelled, except that
    there is no outcome.

    Raises:
        OSError: The program can't be started.
    """
    output = _Output()
    try:
        with cancellation_token.interrupting():
            return _outcome(await _exit_code(command, timeout_seconds, output), output.text())
    except TimeoutError:
        return Outcome(TIMED_OUT, f"{output.text()}\nTimeout")
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if not cancellation_token.is_cancelled() or (task is not None and task.cancelling()):
            raise
        return Outcome(CANCELLED, f"{output.text()}\nCancelled")


def _outcome(exit_code: int, output: str) -> Outcome:
    if exit_code >= 0:
        return Outcome(exit_code, output)
    return Outcome(exit_code, f"{output}\nKilled by {_name_of(-exit_code)}.")


def _name_of(signal_number: int) -> str:
    try:
        return signal.Signals(signal_number).name
    except ValueError:
        return f"signal {signal_number}"


class _Output(asyncio.SubprocessProtocol):
    """Collects what a process writes."""

    def __init__(self) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the process has exited and its pipes are closed."""

        self._received = {1: bytearray(), 2: bytearray()}

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._received[fd] += data

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)

    def text(self) -> str:
        return "".join(self._received[fd].decode("utf-8", "replace") for fd in (2, 1))


# Not asyncio's own Process: waiting for that one does not end while a descendant that has left the
# group holds a pipe.
async def _exit_code(command: Command, timeout_seconds: float, output: _Output) -> int:
    mark = secrets.token_hex(16)
    # A cancellation must not fall between the start of the process and our hold on it.
    starting = asyncio.ensure_future(_started(command, output, mark))
    try:
        transport = await asyncio.shield(starting)
        async with asyncio.timeout(timeout_seconds):
            await asyncio.shield(output.ended)
    except BaseException:
        await _end(await starting, output, mark)
        raise
    transport.close()
    return transport.get_returncode() or 0


async def _started(command: Command, output: _Output, mark: str) -> asyncio.SubprocessTransport:
    transport, _ = await asyncio.get_running_loop().subprocess_exec(
        lambda: output,
        *command.arguments,
        stdin=subprocess.DEVNULL,
        cwd=command.directory,
        env={**command.environment, _MARK: mark},
        start_new_session=True,
    )
    return transport


async def _end(transport: asyncio.SubprocessTransport, output: _Output, mark: str) -> None:
    _kill_tree(transport.get_pid())
    _kill_marked(f"{_MARK}={mark}".encode())
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_SECONDS):
                await asyncio.shield(output.ended)
    finally:
        transport.close()


def _kill_tree(process_id: int) -> None:
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process_id)], capture_output=True)
    else:
        # The process leads a group of its own, to which its descendants belong.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process_id, signal.SIGKILL)


def _kill_marked(mark: bytes) -> None:
    """Kills the descendants that have left the group: all have the mark in their environment."""
    for _ in range(_ROUNDS):
        found = [process for process in Path("/proc").glob("[0-9]*") if _has(process, mark)]
        if not found:
            return
        for process in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(process.name), signal.SIGKILL)


def _has(process: Path, mark: bytes) -> bool:
    """Whether a process, by its folder in /proc, has a mark; other users' can't be looked at."""
    try:
        return mark in (process / "environ").read_bytes()
    except OSError:
        return False
