import asyncio
import threading
from contextvars import ContextVar

import pytest

from agentchat.core._sync import run_sync

VARIABLE: ContextVar[str] = ContextVar("variable", default="unset")


async def loop_of_mine() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


def test_all_calls_share_one_loop() -> None:
    assert run_sync(loop_of_mine()) is run_sync(loop_of_mine())


def test_what_the_coroutine_raises_is_raised() -> None:
    async def fail() -> None:
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError, match="gone"):
        run_sync(fail())


def test_the_coroutine_runs_in_the_callers_context() -> None:
    async def read() -> str:
        return VARIABLE.get()

    token = VARIABLE.set("set")
    try:
        assert run_sync(read()) == "set"
    finally:
        VARIABLE.reset(token)


async def test_it_works_where_a_loop_is_running() -> None:
    assert run_sync(loop_of_mine()) is not asyncio.get_running_loop()


def test_a_call_from_within_is_refused() -> None:
    async def within() -> None:
        run_sync(loop_of_mine())

    with pytest.raises(RuntimeError, match="would wait for itself"):
        run_sync(within())


def test_several_threads_may_call_at_once() -> None:
    both = threading.Barrier(2, timeout=5)
    results: list[bool] = []

    async def meet() -> bool:
        return await asyncio.to_thread(both.wait) in (0, 1)

    threads = [threading.Thread(target=lambda: results.append(run_sync(meet()))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results == [True, True]
