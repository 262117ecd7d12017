"""Misses that nobody is told of, because what asked was somebody's background."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

import harness

URL = "http://model.invalid/"
LOGGED = (
    "harness",
    logging.ERROR,
    f"No recorded reply for request 1, GET {URL}: the cassette is missing.",
)


def by_gather() -> None:
    async def ask() -> None:
        async with httpx2.AsyncClient() as client:
            await client.get(URL)

    async def ask_beside() -> None:
        await asyncio.gather(ask(), return_exceptions=True)

    asyncio.run(ask_beside())


def by_future() -> None:
    with ThreadPoolExecutor() as pool:
        pool.submit(httpx2.get, URL)


@pytest.mark.parametrize("swallow", [by_gather, by_future])
def test_a_miss_is_logged_however_it_is_swallowed(
    swallow: Callable[[], None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with harness.cassette(tmp_path / "x.yaml"):
        swallow()

    assert caplog.record_tuples == [LOGGED]


def test_what_an_owner_tells_of_is_not_logged_too(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with harness.cassette(tmp_path / "x.yaml", owner="test_a.py::test_a") as use:
        by_gather()

    assert (len(use.misses), caplog.record_tuples) == (1, [])
