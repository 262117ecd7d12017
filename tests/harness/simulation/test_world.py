import re
from collections.abc import AsyncGenerator
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from agentchat.core import CancellationToken
from agentchat.core._streams import side_by_side
from agentchat.core._world import entered, monotonic, new_id, now, randomness, scope, sleep
from harness.simulation import EPOCH, SeededWorld

places = st.lists(st.sampled_from(["writer#1", "writer#2", "editor#1"]), max_size=8)


def drawn(seed: int | str, order: list[str]) -> dict[str, list[str]]:
    """The ids that each place gets when the places draw in this order."""
    ids: dict[str, list[str]] = {}
    with entered(SeededWorld(seed)):
        for place in order:
            with scope(place):
                ids.setdefault(place, []).append(new_id("message"))
    return ids


@given(order=places)
def test_ids_follow_from_the_seed(order: list[str]) -> None:
    assert drawn(7, order) == drawn(7, order)


@given(order=places)
def test_a_place_gets_its_ids_whatever_others_draw(order: list[str]) -> None:
    together = drawn(7, order)

    alone = {place: drawn(7, [place] * order.count(place))[place] for place in together}

    assert together == alone


@given(order=places)
def test_no_id_comes_twice(order: list[str]) -> None:
    ids = [each for ids in drawn(7, order).values() for each in ids]

    assert len(set(ids)) == len(order)


def test_another_seed_gives_other_ids() -> None:
    assert drawn(1, ["writer#1"]) != drawn(2, ["writer#1"])


def test_an_id_is_a_random_uuid_by_its_form() -> None:
    with entered(SeededWorld()):
        text = new_id("message")

    assert UUID(text).version == 4
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)


def test_parts_of_a_place_are_not_run_together() -> None:
    with entered(SeededWorld()), scope("ab"), scope("c"):
        first = new_id("message")
    with entered(SeededWorld()), scope("a"), scope("bc"):
        second = new_id("message")

    assert first != second


def test_randomness_follows_from_seed_and_label() -> None:
    with entered(SeededWorld(7)):
        same = randomness("backoff").random(), randomness("backoff").random()
        other = randomness("choice").random()

    assert same[0] == same[1] != other


async def test_sleeping_takes_the_worlds_time_alone() -> None:
    with entered(SeededWorld()):
        await sleep(3600)

        assert now() == EPOCH + timedelta(hours=1)
        assert monotonic() == 3600.0


async def test_sleeping_a_negative_time_does_not_turn_the_clock_back() -> None:
    with entered(SeededWorld()):
        await sleep(-5)

        assert now() == EPOCH


async def test_time_passes_side_by_side_for_what_goes_on_side_by_side() -> None:
    async def sleeping(*times: float) -> AsyncGenerator[float, None]:
        for seconds in times:
            await sleep(seconds)
            yield monotonic()

    with entered(SeededWorld()):
        await sleep(10)
        streams = [sleeping(1, 1, 1), sleeping(5), sleeping(2, 2)]
        times = [time async for time in side_by_side(streams, 3, CancellationToken())]

        assert sorted(times) == [11, 12, 12, 13, 14, 15]
        assert monotonic() == 15
