"""The door to time, ids and randomness."""

import re
from random import Random  # noqa: TID251 - a world's own

import pytest

from agentchat.core import _world as world
from harness.simulation.world import SeededWorld


class Fixed(world.SystemWorld):
    """Always gives the same id and the same random numbers."""

    def new_id(self, kind: str) -> str:
        return f"{kind}@{'/'.join(world.path())}"

    def randomness(self, label: str) -> Random:
        return Random(label)


def test_outside_any_world_ids_are_random_uuids_of_version_four() -> None:
    ids = {world.new_id() for _ in range(100)}

    shape = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    assert len(ids) == 100
    assert all(shape.fullmatch(each) for each in ids)


def test_outside_any_world_the_time_has_its_zone() -> None:
    assert world.now().tzinfo is not None
    assert world.monotonic() <= world.monotonic()


async def test_a_world_stands_behind_the_door_for_the_block_alone() -> None:
    with world.entered(Fixed()), world.scope("writer#1"), world.scope("tool"):
        inside = world.new_id("call")
        dice = world.randomness("x").random(), world.randomness("x").random()
        await world.sleep(0)

    assert inside == "call@writer#1/tool"
    assert dice[0] == dice[1]
    assert world.path() == ()
    assert world.new_id("call") != inside


def test_a_scope_is_left_when_its_block_fails() -> None:
    with pytest.raises(ValueError, match="x"), world.scope("a"):
        raise ValueError("x")

    assert world.path() == ()


@pytest.mark.parametrize("place", [SeededWorld(), world.SystemWorld()])
def test_code_that_is_not_asynchronous_waits_on_the_worlds_clock(place: world.World) -> None:
    with world.entered(place):
        before = world.monotonic()
        world.wait(0.001)

        assert world.monotonic() - before >= 0.001
