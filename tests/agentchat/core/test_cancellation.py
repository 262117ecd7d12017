"""CancellationToken: callbacks, futures, and blocks that know nothing of the token."""

import asyncio
import threading
from contextlib import suppress

import pytest

from agentchat.core import CancellationToken


def test_callbacks_run_once_in_the_order_of_their_registration() -> None:
    token, seen = CancellationToken(), []
    for number in range(3):
        token.add_callback(lambda number=number: seen.append(number))  # type: ignore[misc]

    token.cancel()
    token.cancel()

    assert seen == [0, 1, 2]
    assert token.is_cancelled()


def test_a_callback_added_too_late_runs_at_once() -> None:
    token, seen = CancellationToken(), []
    token.cancel()

    token.add_callback(lambda: seen.append("late"))

    assert seen == ["late"]


def test_a_callback_may_use_the_token() -> None:
    """AutoGen's lock is held meanwhile, and deadlocks."""
    token, seen = CancellationToken(), []
    token.add_callback(lambda: seen.append(token.is_cancelled()))

    token.cancel()

    assert seen == [True]


async def test_a_linked_future_is_cancelled_with_the_token() -> None:
    token = CancellationToken()
    waiting = token.link_future(asyncio.ensure_future(asyncio.Event().wait()))

    token.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_what_is_done_is_forgotten() -> None:
    """AutoGen's token grows with every awaited operation of a session (#4893)."""
    token = CancellationToken()

    for _ in range(100):
        await token.link_future(asyncio.ensure_future(asyncio.sleep(0)))
        with token.interrupting():
            await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert (token._callbacks, token._interrupted) == ({}, {})


async def test_a_block_ends_though_its_code_knows_nothing_of_the_token() -> None:
    token = CancellationToken()

    async def working() -> None:
        with token.interrupting():
            await asyncio.Event().wait()

    task = asyncio.ensure_future(working())
    await asyncio.sleep(0)
    token.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_task_itself_is_not_cancelled_and_goes_on() -> None:
    token = CancellationToken()

    async def working() -> int:
        task = asyncio.current_task()
        assert task is not None
        with suppress(asyncio.CancelledError), token.interrupting():
            asyncio.get_running_loop().call_soon(token.cancel)
            await asyncio.Event().wait()
        await asyncio.sleep(0)
        return task.cancelling()

    assert await asyncio.ensure_future(working()) == 0


async def test_a_block_of_a_cancelled_token_is_not_entered() -> None:
    token = CancellationToken()
    token.cancel()

    with pytest.raises(asyncio.CancelledError), token.interrupting():
        pytest.fail("it was entered")

    assert token._interrupted == {}


@pytest.mark.parametrize("awaits", [True, False])
async def test_a_task_that_cancels_its_own_token_ends_at_its_next_await_or_with_the_block(
    awaits: bool,
) -> None:
    token, seen = CancellationToken(), []

    async def working() -> None:
        with token.interrupting():
            token.cancel()
            if awaits:
                await asyncio.Event().wait()
            seen.append("went on")

    with pytest.raises(asyncio.CancelledError):
        await working()
    await asyncio.sleep(0)

    assert seen == ([] if awaits else ["went on"])


async def test_nested_blocks_of_one_token_end_together() -> None:
    token = CancellationToken()

    async def working() -> None:
        with token.interrupting(), token.interrupting():
            await asyncio.Event().wait()

    task = asyncio.ensure_future(working())
    await asyncio.sleep(0)
    token.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert token._interrupted == {}


async def test_another_thread_may_cancel() -> None:
    token = CancellationToken()

    async def working() -> None:
        with token.interrupting():
            thread = threading.Thread(target=token.cancel)
            thread.start()
            await asyncio.Event().wait()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.ensure_future(working())


async def test_an_error_of_the_block_is_not_hidden_by_the_cancelling() -> None:
    token = CancellationToken()

    async def working() -> None:
        with token.interrupting():
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                raise ConnectionError("while cleaning up") from None

    task = asyncio.ensure_future(working())
    await asyncio.sleep(0)
    token.cancel()

    with pytest.raises(ConnectionError, match="while cleaning up"):
        await task
