import asyncio

import pytest

from agentchat.ext.code_executors._cell_time import cell_time


async def test_a_cell_that_has_not_begun_takes_none_of_its_time() -> None:
    async with cell_time(0):
        await asyncio.sleep(0.01)


async def test_the_time_of_a_cell_that_has_begun_ends() -> None:
    async def endless() -> None:
        async with cell_time(0) as begun:
            begun()
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await endless()
