"""Section B of the pains: termination."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from agentchat.base import TerminatedException
from agentchat.conditions import (
    MaxMessageTermination,
    TextMentionTermination,
    TimeoutTermination,
)
from agentchat.messages import ThoughtEvent
from agentchat.teams import DiGraphBuilder, GraphFlow, RoundRobinGroupChat
from tests.compat.pains.stage import Patient, Speaker, failure_of, said, soon


async def b13_a_text_mention_keeps_its_sources_in_a_configuration() -> None:
    condition = TextMentionTermination("STOP", sources=["ann"])

    loaded = TextMentionTermination.load_component(condition.dump_component())

    assert await loaded([said("Say STOP when you are done.", source="user")]) is None
    assert await loaded([said("STOP", source="ann")]) is not None


async def b13_only_what_agents_say_may_count() -> None:
    condition = TextMentionTermination("STOP", agents_only=True)
    thought = ThoughtEvent(content="I was told to say STOP.", source="ann")

    assert await condition([said("Say STOP when you are done."), thought]) is None
    assert await condition([said("STOP", source="ann")]) is not None


async def b14_alternatives_that_were_met_say_so_like_every_condition() -> None:
    condition = MaxMessageTermination(1) | TextMentionTermination("STOP")
    await condition([said("Hello.")])

    assert type(await failure_of(condition([said("Hello.")]))) is TerminatedException


async def b15_a_condition_sees_all_of_a_parallel_turn() -> None:
    ann, cat = Speaker("ann", "STOP"), Speaker("cat")
    ben = Patient("ben", ann)
    builder = DiGraphBuilder().add_node(ann).add_node(ben).add_node(cat)
    graph = builder.add_edge(ann, cat).add_edge(ben, cat).build()
    team = GraphFlow([ann, ben, cat], graph, termination_condition=TextMentionTermination("STOP"))

    result = await soon(team.run(task="Go."))

    assert result.stop_reason == "Text 'STOP' mentioned"


@contextmanager
def _later(seconds: float) -> Iterator[None]:
    """Has the machine's clock be ahead by so much in the block."""
    clock = time.monotonic  # noqa: TID251 - it is put back
    time.monotonic = lambda: clock() + seconds  # noqa: TID251
    try:
        yield
    finally:
        time.monotonic = clock  # noqa: TID251


async def b16_the_clock_of_a_timeout_starts_with_the_run() -> None:
    team = RoundRobinGroupChat(
        [Speaker("ann")], termination_condition=TimeoutTermination(60), max_turns=2
    )

    with _later(3600):
        result = await team.run(task="Go.")

    assert result.stop_reason == "Maximum number of turns 2 reached."


async def b16_two_running_teams_can_not_share_a_condition() -> None:
    condition = MaxMessageTermination(3)
    first, second = (
        RoundRobinGroupChat([Speaker(name)], termination_condition=condition)
        for name in ("ann", "ben")
    )
    stream = first.run_stream(task="Go.")
    await soon(anext(stream))

    error = await failure_of(second.run(task="Go."))
    await stream.aclose()

    assert isinstance(error, ValueError)


async def b17_counters_survive_saving() -> None:
    before, after = MaxMessageTermination(2), MaxMessageTermination(2)
    await before([said("one")])

    await after.load_state(await before.save_state())

    assert await after([said("two")]) is not None
