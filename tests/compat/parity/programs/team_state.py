"""The saved state of each kind of team, and going on from it."""

import asyncio

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
from tests.compat.parity.cast import Speaker, calls, model, said
from tests.compat.parity.observation import outcome_of, show, stream_of


def assistant(name, *replies, **options):
    replies = replies or (f"{name} one", f"{name} two", f"{name} three")
    return AssistantAgent(name, model(*replies), system_message=None, **options)


def pair():
    return [assistant("a"), assistant("b")]


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


async def round_robin():
    return await saved(lambda: RoundRobinGroupChat(pair(), max_turns=1))


async def round_robin_with_a_condition():
    def make():
        return RoundRobinGroupChat(pair(), termination_condition=MaxMessageTermination(3))

    return await saved(make)


async def selector():
    def make():
        return SelectorGroupChat(pair(), model("b", "a", "b"), max_turns=2)

    return await saved(make)


async def swarm():
    def make():
        desk = assistant("desk", calls(("transfer_to_shop", "{}")), handoffs=["shop"])
        shop = assistant("shop", handoffs=[Handoff(target="desk")])
        return Swarm([desk, shop], max_turns=2)

    return await saved(make)


async def graph():
    def make():
        first, second, third = assistant("a"), assistant("b"), assistant("c")
        builder = DiGraphBuilder()
        builder.add_node(first).add_node(second).add_node(third)
        builder.add_edge(first, second).add_edge(second, third)
        return GraphFlow(builder.get_participants(), builder.build(), max_turns=2)

    return await saved(make)


async def nested():
    def make():
        inner = RoundRobinGroupChat([assistant("x")], max_turns=1, name="inner")
        return RoundRobinGroupChat([inner, Speaker("b", "b1", "b2")], max_turns=2)

    team, other = make(), make()
    await team.run(task="go")
    state = await team.save_state()
    await other.load_state(state)
    return {"state": state, "the_same_again": await other.save_state() == state}


async def states_that_do_not_fit():
    def team():
        return RoundRobinGroupChat(pair(), max_turns=1)

    state = await team().save_state()
    without_b = {**state, "agent_states": {k: v for k, v in state["agent_states"].items() if k != "b"}}
    without_manager = {
        **state, "agent_states": {k: v for k, v in state["agent_states"].items() if k in "ab"}
    }
    return [
        await outcome_of(team().load_state(each))
        for each in (without_b, without_manager, {**state, "agent_states": 7})
    ]


async def magentic_one():
    team = MagenticOneGroupChat(pair(), model("facts", "plan", said("no ledger")), max_turns=1)
    return {"fresh": await team.save_state()}


async def main():
    await show(
        round_robin,
        round_robin_with_a_condition,
        selector,
        swarm,
        graph,
        nested,
        states_that_do_not_fit,
        magentic_one,
    )


