"""Which cassette a request belongs to: tasks, threads and nested blocks never mix."""

import asyncio
import threading
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path

import httpx2
import pytest
import requests

import harness
from harness.errors import ReplayMiss, UnknownCassette, UsageError
from harness.formats import save
from harness.in_use import in_use
from harness.interactions import Cassette, Interaction, Request, Response

URL = "https://model.invalid/v1/chat"


def saved(folder: Path, name: str, *answers: str) -> Path:
    """A cassette that answers equal requests with these texts, one after the other."""
    request = Request("POST", URL, (), b'{"ask":"who"}')
    path = folder / f"{name}.yaml"
    interactions = [Interaction(request, Response(200, (), text.encode(), 1)) for text in answers]
    save(path, Cassette(interactions=tuple(interactions)))
    return path


def by_requests() -> str:
    return requests.post(URL, json={"ask": "who"}, timeout=5).text


def by_httpx2() -> str:
    return httpx2.post(URL, json={"ask": "who"}).text


def by_urllib() -> str:
    with urllib.request.urlopen(urllib.request.Request(URL, b'{"ask":"who"}')) as response:
        return str(response.read().decode())


async def asked() -> str:
    async with httpx2.AsyncClient() as client:
        return (await client.post(URL, json={"ask": "who"})).text


@pytest.mark.parametrize("ask", [by_requests, by_httpx2, by_urllib])
def test_threads_with_a_cassette_each_never_mix(ask: Callable[[], str], tmp_path: Path) -> None:
    barrier = threading.Barrier(8)

    def heard(name: str) -> list[str]:
        with harness.cassette(saved(tmp_path, name, *[name] * 20)):
            barrier.wait()
            return [ask() for _ in range(20)]

    with ThreadPoolExecutor(8) as pool:
        all_heard = list(pool.map(heard, "abcdefgh"))

    assert all_heard == [[name] * 20 for name in "abcdefgh"]


async def test_tasks_with_a_cassette_each_never_mix(tmp_path: Path) -> None:
    async def heard(name: str) -> list[str]:
        async with harness.cassette(saved(tmp_path, name, *[name] * 5)):
            return [await asked() for _ in range(5)]

    all_heard = await asyncio.gather(*map(heard, "abcd"))

    assert all_heard == [[name] * 5 for name in "abcd"]


async def test_a_task_inherits_the_cassette_of_who_starts_it(tmp_path: Path) -> None:
    with (
        harness.cassette(saved(tmp_path, "other", "other")),
        harness.cassette(saved(tmp_path, "own", "own", "own")),
    ):
        task = asyncio.create_task(asked())
        in_a_thread = await asyncio.to_thread(by_httpx2)

        assert (await task, in_a_thread) == ("own", "own")


def test_a_thread_without_a_context_has_the_only_cassette_in_use(tmp_path: Path) -> None:
    with (
        harness.cassette(saved(tmp_path, "outer", "outer")),
        harness.cassette(saved(tmp_path, "inner", "inner")),
        ThreadPoolExecutor(1) as pool,
    ):
        assert pool.submit(by_requests).result() == "inner"


def test_a_thread_without_a_context_is_told_how_to_get_one(tmp_path: Path) -> None:
    opened, done = threading.Event(), threading.Event()

    def other() -> None:
        with harness.cassette(saved(tmp_path, "other", "other")):
            opened.set()
            done.wait()

    with harness.cassette(saved(tmp_path, "own", "own")), ThreadPoolExecutor(2) as pool:
        pool.submit(other)
        opened.wait()
        passed_on = pool.submit(copy_context().run, by_httpx2).result()
        with pytest.raises(UnknownCassette, match=r"copy_context\(\)\.run") as raised:
            pool.submit(by_httpx2).result()
        done.set()

    assert passed_on == "own"
    assert sorted(path.name for path in raised.value.cassettes) == ["other.yaml", "own.yaml"]


def test_the_inner_block_has_its_own_cassette_and_the_outer_one_comes_back(tmp_path: Path) -> None:
    with harness.cassette(saved(tmp_path, "outer", "outer", "outer")) as outer:
        first = by_httpx2()
        with harness.cassette(saved(tmp_path, "inner", "inner")) as inner:
            second = by_requests()
        third = by_requests()

    assert [first, second, third] == ["outer", "inner", "outer"]
    assert (outer.play_count, inner.play_count, in_use()) == (2, 1, None)


def test_a_block_may_end_in_another_context_than_it_began(tmp_path: Path) -> None:
    block = harness.cassette(saved(tmp_path, "x", "x"))
    copy_context().run(block.__enter__)

    heard = by_httpx2()
    block.__exit__(None, None, None)

    assert (heard, in_use()) == ("x", None)


def test_a_shared_cassette_answers_what_the_own_one_does_not(tmp_path: Path) -> None:
    common = saved(tmp_path, "common", "common")

    with harness.cassette(saved(tmp_path, "own", "own"), shared=[common]) as use:
        heard = [by_httpx2(), by_requests()]

    assert (heard, use.all_played) == (["own", "common"], True)


def test_a_decorated_function_opens_its_cassette_with_every_call(tmp_path: Path) -> None:
    @harness.cassette(saved(tmp_path, "x", "x"))
    def ask() -> str:
        """Asks."""
        return by_requests()

    assert [ask(), ask(), ask.__doc__] == ["x", "x", "Asks."]


async def test_a_decorated_coroutine_does_so_too_even_side_by_side(tmp_path: Path) -> None:
    ask = harness.cassette(saved(tmp_path, "x", "x"))(asked)

    assert await asyncio.gather(ask(), ask()) == ["x", "x"]


def test_a_generator_is_refused_and_so_is_a_block_in_use(tmp_path: Path) -> None:
    block = harness.cassette(saved(tmp_path, "x", "x"))

    def pieces() -> object:
        yield by_httpx2()

    with pytest.raises(UsageError, match="is a generator: use `with` inside it"):
        block(pieces)
    with block, pytest.raises(UsageError, match="in use already"):
        block.__enter__()


def test_a_miss_that_was_swallowed_is_still_known(tmp_path: Path) -> None:
    with harness.cassette(saved(tmp_path, "x", "x")) as use:
        try:
            httpx2.post(URL, json={"ask": "what"})
        except BaseException as error:
            swallowed = error

    assert use.misses == [swallowed]
    assert isinstance(swallowed, ReplayMiss)
    assert [each.request.body for each in use.unplayed] == [b'{"ask":"who"}']


def test_when_the_last_block_ends_nothing_is_patched(tmp_path: Path) -> None:
    owners = [httpx2.HTTPTransport, httpx2.AsyncHTTPTransport]
    before = [dict(vars(owner)) for owner in owners]

    with harness.cassette(saved(tmp_path, "x", "x")), harness.cassette(saved(tmp_path, "y", "y")):
        inside = [dict(vars(owner)) for owner in owners]

    assert [dict(vars(owner)) for owner in owners] == before
    assert inside != before
