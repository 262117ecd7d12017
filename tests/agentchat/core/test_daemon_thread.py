import asyncio
import subprocess
import sys
import threading

import pytest

from agentchat.core._daemon_thread import in_daemon_thread

LEAVES_ONE_BEHIND = """
import asyncio, threading
from agentchat.core._daemon_thread import in_daemon_thread

async def main():
    in_daemon_thread(threading.Event().wait, name="endless")

asyncio.run(main())
print("ended")
"""


async def test_what_the_work_returns_is_the_result() -> None:
    assert await in_daemon_thread(lambda: threading.current_thread().name, name="mine") == "mine"


async def test_what_the_work_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        await in_daemon_thread(lambda: 1 // 0, name="mine")


async def test_the_waiting_can_be_cancelled_while_the_work_goes_on() -> None:
    may_end = threading.Event()
    future = in_daemon_thread(may_end.wait, name="mine")

    future.cancel()
    may_end.set()

    with pytest.raises(asyncio.CancelledError):
        await future


def test_the_program_does_not_wait_for_it() -> None:
    done = subprocess.run([sys.executable, "-c", LEAVES_ONE_BEHIND], capture_output=True, text=True)

    assert (done.returncode, done.stdout, done.stderr) == (0, "ended\n", "")
