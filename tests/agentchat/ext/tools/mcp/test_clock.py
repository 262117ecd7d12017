import asyncio

import pytest

pytest.importorskip("mcp", reason="needs mcp: its SDK is not installed")

from agentchat.ext.tools.mcp._clock import ServerClock


async def test_a_server_that_takes_too_long_is_not_waited_for() -> None:
    with pytest.raises(TimeoutError, match=r"^$"):
        async with ServerClock().limit(0.001):
            await asyncio.Event().wait()


async def test_no_time_passes_while_the_server_waits_for_us() -> None:
    clock = ServerClock()
    person = asyncio.Event()
    # Long after the server's own time would be up.
    asyncio.get_running_loop().call_later(0.1, person.set)

    async with clock.limit(0.02):
        with clock.stopped(), clock.stopped():
            await person.wait()

    assert person.is_set()


async def test_what_was_left_is_left_afterwards() -> None:
    clock = ServerClock()

    with clock.stopped():
        async with clock.limit(1000):
            pass
    with pytest.raises(TimeoutError, match=r"^$"):
        await _server_asks_and_never_answers(clock)


async def _server_asks_and_never_answers(clock: ServerClock) -> None:
    async with clock.limit(0.001):
        with clock.stopped():
            await asyncio.sleep(0)
        await asyncio.Event().wait()
