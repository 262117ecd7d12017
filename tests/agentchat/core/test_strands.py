import asyncio
from collections.abc import AsyncGenerator

from hypothesis import given
from hypothesis import strategies as st

from agentchat.core import CancellationToken
from agentchat.core._strands import Moment, Strand, happened, strand, this_moment
from agentchat.core._streams import side_by_side

pauses = st.lists(st.lists(st.integers(0, 3), max_size=3), min_size=2, max_size=4)


async def counting(pauses: list[int]) -> AsyncGenerator[int, None]:
    for number, pause in enumerate(pauses):
        for _ in range(pause):
            await asyncio.sleep(0)
        yield number


async def nested(pauses: list[int]) -> AsyncGenerator[tuple[int, int], None]:
    yield -1, -1
    streams = [counting(pauses), counting(pauses[::-1])]
    async for number in side_by_side(streams, 2, CancellationToken()):
        yield 0, number
    yield 1, 1


@given(pauses=pauses, limit=st.integers(2, 4))
async def test_moments_order_items_stream_by_stream(pauses: list[list[int]], limit: int) -> None:
    made: list[tuple[Moment, int]] = []
    streams = [counting(each) for each in pauses]
    async for item in side_by_side(streams, limit, CancellationToken()):
        made.append((this_moment(), item))
    after = this_moment()

    assert [item for _, item in sorted(made)] == [n for each in pauses for n in range(len(each))]
    assert all(moment.place < after.place for moment, _ in made)


async def test_streams_within_a_stream_stay_between_its_other_items() -> None:
    made: list[tuple[Moment, tuple[int, int]]] = []
    streams = [nested([3, 0]), nested([0, 2])]
    async for item in side_by_side(streams, 2, CancellationToken()):
        made.append((this_moment(), item))

    one = [(-1, -1), (0, 0), (0, 1), (0, 0), (0, 1), (1, 1)]
    assert [item for _, item in sorted(made)] == one * 2
    assert happened.get() is None


def test_what_is_done_meanwhile_outside_comes_behind_the_streams() -> None:
    outside = Strand()
    first, second = outside.beside(2)
    meanwhile = outside.moment()
    inner = first.beside(1)[0].moment()

    places = [inner.place, first.moment().place, second.moment().place, meanwhile.place]
    assert places == sorted(places)
    assert strand.get().lane == ()
