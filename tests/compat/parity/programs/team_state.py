"""The saved state of each kind of team, and going on from it."""

from agentchat.agents import AssistantAgent
from agentchat.base import Handoff
from agentchat.conditions import MaxMessageTermination
from agentchat.teams import (
    DiGraphBuilder,
    GraphFlow,
    MagenticOneGroupChat,
    RoundRobinGroupChat,
    SelectorGroupChat,
    Swarm,
)
from tests.compat.parity.cast import Speaker, calls, model
from tests.compat.parity.observation import outcome_of, show, stream_of


def assistant(name, *replies, **options):
    replies = replies or (f"{name} one", f"{name} two", f"{name} three")
    return AssistantAgent(name, model(*replies), system_message=None, **options)


def pair():
    return [assistant("a"), assistant("b")]


def round_robin():
    return RoundRobinGroupChat(pair(), max_turns=1)


def round_robin_with_a_condition():
    return RoundRobinGroupChat(pair(), termination_condition=MaxMessageTermination(3))


def selector():
    return SelectorGroupChat(pair(), model("b", "a", "b"), max_turns=2)


def swarm():
    desk = assistant("desk", calls(("transfer_to_shop", "{}")), handoffs=["shop"])
    shop = assistant("shop", handoffs=[Handoff(target="desk")])
    return Swarm([desk, shop], max_turns=2)


def graph():
    first, second, third = assistant("a"), assistant("b"), assistant("c")
    builder = DiGraphBuilder().add_node(first).add_node(second).add_node(third)
    builder.add_edge(first, second).add_edge(second, third)
    return GraphFlow(builder.get_participants(), builder.build(), max_turns=2)


def nested():
    inner = RoundRobinGroupChat([assistant("x")], max_turns=1, name="inner")
    return RoundRobinGroupChat([inner, Speaker("b", "b1", "b2")], max_turns=2)


TEAMS = {
    make.__name__: make
    for make in (round_robin, round_robin_with_a_condition, selector, swarm, graph, nested)
}


async def saved(make):
    """The state before and after a run, and what another team does with the latter."""
    team, other = make(), make()
    fresh = await make().save_state()
    await team.run(task="go")
    state = await team.save_state()
    loaded = await outcome_of(other.load_state(state))
    again = await other.save_state()
    return {
        "fresh": fresh,
        "state": state,
        "loaded": loaded,
        "the_same_again": again == state,
        "going_on": await stream_of(other.run_stream()),
        "after": await other.save_state(),
    }


async def teams():
    return {name: await saved(make) for name, make in TEAMS.items()}


async def states_that_do_not_fit():
    state = await round_robin().save_state()
    states = state["agent_states"]
    without_b = {name: each for name, each in states.items() if name != "b"}
    without_manager = {name: each for name, each in states.items() if name in "ab"}
    return [
        await outcome_of(round_robin().load_state({**state, "agent_states": each}))
        for each in (without_b, without_manager, 7)
    ]


async def a_led_team():
    return await MagenticOneGroupChat(pair(), model(), max_turns=1).save_state()


async def main():
    await show(teams, states_that_do_not_fit, a_led_team)
