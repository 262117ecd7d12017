"""What a graph may look like, and what it says about itself."""

from agentchat.conditions import MaxMessageTermination
from agentchat.messages import TextMessage
from agentchat.teams import (
    DiGraph,
    DiGraphBuilder,
    DiGraphEdge,
    DiGraphNode,
    GraphFlow,
    RoundRobinGroupChat,
)
from tests.compat.parity.cast import Speaker
from tests.compat.parity.observation import attempt, outcome_of, show, warned_by


def graph(edges, **options):
    """From `a: b c` lists of targets; a target may be `b?word`, a condition."""
    nodes = {}
    for source, targets in edges.items():
        made = [
            DiGraphEdge(target=target.partition("?")[0], condition=target.partition("?")[2] or None)
            for target in targets.split()
        ]
        nodes[source] = DiGraphNode(name=source, edges=made)
    return DiGraph(nodes=nodes, **options)


async def validity():
    cases = {
        "sequence": {"a": "b", "b": ""},
        "nothing": {},
        "no start": {"a": "b", "b": "a"},
        "no leaf": {"s": "a", "a": "b", "b": "a"},
        "mixed": {"a": "b c?x", "b": "", "c": ""},
        "cycle without exit": {"s": "a", "a": "b", "b": "c", "c": "a d", "d": ""},
        "cycle with exit": {"s": "a", "a": "b", "b": "a?again d?done", "d": ""},
        "unknown_target": {"a": "z"},
    }
    return {name: attempt(graph(edges).graph_validate) for name, edges in cases.items()}


async def an_unconditional_cycle_with_an_entry():
    return attempt(
        graph({"A": "B", "B": "C", "C": "A", "D": ""}, default_start_node="A").graph_validate
    )


async def facts():
    diamond = graph({"a": "b c", "b": "d", "c": "d", "d": ""})
    return {
        "parents": diamond.get_parents(),
        "starts": sorted(diamond.get_start_nodes()),
        "leaves": sorted(diamond.get_leaf_nodes()),
        "cycles": diamond.has_cycles_with_exit(),
        "remaining": diamond.get_remaining_map(),
        "chosen start": sorted(
            graph({"a": "b", "b": ""}, default_start_node="b").get_start_nodes()
        ),
    }


async def dumps():
    edge = DiGraphEdge(target="b", condition=lambda message: True)
    return [
        graph({"a": "b?yes", "b": ""}).model_dump(),
        edge.model_dump(),
        DiGraphEdge(target="b", activation_group="g", activation_condition="any").model_dump(),
    ]


async def conditions():
    message = TextMessage(content="say yes", source="a")
    return [
        DiGraphEdge(target="b", condition=condition).check_condition(message)
        for condition in (None, "yes", "no", lambda said: said.source == "a", lambda said: False)
    ]


async def different_activations_for_one_group():
    a, b, c = (Speaker(name, "x") for name in "abc")
    builder = DiGraphBuilder().add_node(a).add_node(b).add_node(c)
    builder.add_edge(a, c, activation_group="g", activation_condition="all")
    builder.add_edge(b, c, activation_group="g", activation_condition="any")
    return attempt(builder.build)


async def the_builder():
    a, b = Speaker("a", "x"), Speaker("b", "x")
    return [
        attempt(lambda: DiGraphBuilder().add_edge(a, b)),
        attempt(lambda: DiGraphBuilder().add_node(a).add_edge(a, b)),
        attempt(lambda: DiGraphBuilder().add_node(a).set_entry_point("z")),
        attempt(lambda: DiGraphBuilder().build()),
        [p.name for p in DiGraphBuilder().add_node(b).add_node(a).get_participants()],
        DiGraphBuilder().add_node(a).add_node(b).add_edge("a", "b", condition="go").build(),
        DiGraphBuilder().add_node(a, activation="any").set_entry_point(a).build(),
    ]


async def conditional_edges():
    a, b, c = (Speaker(name, "x") for name in "abc")
    builder = DiGraphBuilder().add_node(a).add_node(b).add_node(c)

    async def add():
        builder.add_conditional_edges(a, {"left": b, "right": "c"})

    given = await warned_by(add())
    return [[warning.partition(":")[0] for warning in given], builder.build()]


async def teams():
    a, b = Speaker("a", "x"), Speaker("b", "y")
    cyclic = graph({"a": "b", "b": "a?again c?done", "c": ""}, default_start_node="a")
    people = [a, b, Speaker("c", "z")]
    endless = GraphFlow(people, cyclic)
    bounded = GraphFlow(people, cyclic, termination_condition=MaxMessageTermination(2))
    inner = RoundRobinGroupChat([a], max_turns=1)
    nested = attempt(lambda: GraphFlow([inner], graph({"a": ""})))
    return [
        await outcome_of(endless.run(task="go")),
        (await bounded.run(task="go")).stop_reason,
        nested["raised"],
        GraphFlow([a], graph({"a": ""})).name,
        GraphFlow([a], graph({"a": ""})).description,
    ]


async def main():
    await show(
        validity,
        an_unconditional_cycle_with_an_entry,
        facts,
        dumps,
        conditions,
        different_activations_for_one_group,
        the_builder,
        conditional_edges,
        teams,
    )
