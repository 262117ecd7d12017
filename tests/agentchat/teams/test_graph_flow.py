"""GraphFlow, its graphs and their builder."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from agentchat.base import Response
from agentchat.conditions import MaxMessageTermination, TextMentionTermination
from agentchat.core import CancellationToken
from agentchat.messages import BaseChatMessage
from agentchat.teams import DiGraph, DiGraphBuilder, DiGraphEdge, DiGraphNode, GraphFlow
from tests.agentchat.teams.talker import Talker


class Saying(Talker):
    """Says its texts one after the other, the last for ever; by default its name."""

    def __init__(self, name: str, *texts: str) -> None:
        super().__init__(name)
        self.texts = list(texts) or [name]
        self.given: list[list[str]] = []

    def says(self, messages: Sequence[BaseChatMessage]) -> str:
        self.given.append([message.to_text() for message in messages])
        return self.texts.pop(0) if len(self.texts) > 1 else self.texts[0]

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        self.given.clear()


def flow(
    edges: str, *agents: Saying, conditions: dict[str, Any] | None = None, **options: Any
) -> GraphFlow:
    """A flow of edges such as `a>b b>c`; agents that are not given say their names."""
    known = {agent.name: agent for agent in agents}
    pairs = [edge.split(">") for edge in edges.split()]
    builder = DiGraphBuilder()
    for name in dict.fromkeys(name for pair in pairs for name in pair):
        builder.add_node(known.setdefault(name, Saying(name)))
    for source, target in pairs:
        builder.add_edge(source, target, (conditions or {}).get(f"{source}>{target}"))
    entry = options.pop("entry", None)
    if entry:
        builder.set_entry_point(entry)
    return GraphFlow(builder.get_participants(), builder.build(), **options)


async def spoken(team: GraphFlow, task: str | None = "go") -> list[str]:
    result = await team.run(task=task)
    return [message.source for message in result.messages if message.source != "user"]


async def test_a_sequence_runs_to_its_end_and_starts_anew() -> None:
    team = flow("a>b b>c")

    result = await team.run(task="go")

    assert [message.source for message in result.messages] == ["user", "a", "b", "c"]
    assert result.stop_reason == "Digraph execution is complete"
    assert await spoken(team) == ["a", "b", "c"]


async def test_branches_speak_in_one_turn_and_a_join_waits_for_both() -> None:
    join = Saying("d")
    team = flow("a>b a>c b>d c>d", join)

    assert await spoken(team) == ["a", "b", "c", "d"]
    assert join.given == [["go", "a", "b", "c"]]


async def test_branches_hear_the_fork_and_not_each_other() -> None:
    left, right = Saying("b"), Saying("c")

    await flow("a>b a>c", left, right).run(task="go")

    assert left.given == right.given == [["go", "a"]]


async def test_any_edge_of_its_group_activates_a_target_once() -> None:
    agents = [Saying(name) for name in "abcd"]
    builder = DiGraphBuilder()
    for agent in agents:
        builder.add_node(agent)
    builder.add_edge("a", "b").add_edge("a", "c")
    for source in "bc":
        builder.add_edge(source, "d", activation_group="x", activation_condition="any")
    team = GraphFlow(builder.get_participants(), builder.build())

    assert await spoken(team) == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("yes", "no"),
        (lambda message: "yes" in message.to_text(), lambda message: "no" in message.to_text()),
    ],
)
async def test_conditions_choose_the_way(yes: Any, no: Any) -> None:
    conditions = {"a>b": yes, "a>c": no}

    assert await spoken(flow("a>b a>c", Saying("a", "no"), conditions=conditions)) == ["a", "c"]


async def test_a_loop_runs_until_its_exit_opens() -> None:
    critic = Saying("critic", "again", "again", "fine")
    conditions = {"critic>writer": "again", "critic>end": "fine"}
    team = flow(
        "writer>critic critic>writer critic>end",
        critic,
        conditions=conditions,
        entry="writer",
        termination_condition=MaxMessageTermination(20),
    )

    assert await spoken(team) == ["writer", "critic"] * 3 + ["end"]


async def test_the_condition_sees_every_branch_of_a_turn() -> None:
    """AutoGen shows it the last finisher alone (#5395)."""
    team = flow(
        "a>b a>c b>d c>d",
        Saying("b", "STOP"),
        termination_condition=TextMentionTermination("STOP"),
    )

    assert await spoken(team) == ["a", "b", "c"]


async def test_a_stopped_flow_goes_on_where_it_was() -> None:
    team = flow("a>b b>c", max_turns=2)
    assert await spoken(team) == ["a", "b"]

    assert await spoken(team, None) == ["c"]


async def test_saved_in_a_loop_and_loaded_it_goes_on_the_same_way() -> None:
    """AutoGen forgets which groups were triggered (#7043)."""

    def looping() -> GraphFlow:
        return flow(
            "a>b b>a b>c",
            Saying("b", "again"),
            conditions={"b>a": "again", "b>c": "done"},
            entry="a",
            max_turns=1,
        )

    first, second = looping(), looping()
    before = await spoken(first)
    for _ in range(4):
        await second.load_state(await first.save_state())
        before += await spoken(second, None)
        first, second = second, looping()

    assert before == ["a", "b", "a", "b", "a"]


async def test_a_failed_branch_is_asked_again_and_those_beside_it_are_not() -> None:
    class Failing(Saying):
        async def on_messages(self, *arguments: Any) -> Response:
            if not self.given:
                self.given.append([])
                raise ConnectionError("gone")
            return await super().on_messages(*arguments)

    team = flow("a>b a>c b>d c>d", Failing("c"))
    with pytest.raises(RuntimeError, match="ConnectionError: gone"):
        await team.run(task="go")

    assert await spoken(team, None) == ["c", "d"]


def graph(**edges: str) -> DiGraph:
    """A graph of nodes with unconditional edges: `graph(A="BC", B="", C="")`."""
    return DiGraph(
        nodes={
            name: DiGraphNode(name=name, edges=[DiGraphEdge(target=each) for each in targets])
            for name, targets in edges.items()
        }
    )


def mixed() -> DiGraph:
    edges = [DiGraphEdge(target="B"), DiGraphEdge(target="C", condition="x")]
    nodes = {name: DiGraphNode(name=name) for name in "BC"}
    return DiGraph(nodes={"A": DiGraphNode(name="A", edges=edges), **nodes})


def torn() -> DiGraph:
    any_edge = DiGraphEdge(target="C", activation_group="g", activation_condition="any")
    all_edge = DiGraphEdge(target="C", activation_group="g")
    return DiGraph(
        nodes={
            "A": DiGraphNode(name="A", edges=[any_edge]),
            "B": DiGraphNode(name="B", edges=[all_edge]),
            "C": DiGraphNode(name="C"),
        }
    )


@pytest.mark.parametrize(
    ("made", "error"),
    [
        (lambda: graph(), "Graph has no nodes."),
        (lambda: graph(A="B", B="A"), "Graph must have at least one start node"),
        (lambda: graph(S="A", A="A"), "Graph must have at least one leaf node"),
        (lambda: graph(A="Z"), "Graph has no node 'Z'; there are"),
        (
            lambda: graph(S="A", A="B", B="C", C="A", D=""),
            "Cycle detected without exit condition: A -> B -> C -> A",
        ),
        (mixed, "Node 'A' has a mix of conditional and unconditional edges."),
        (torn, "Conflicting activation conditions for target 'C' group 'g'"),
    ],
)
def test_a_graph_that_can_not_be_run_is_refused(made: Callable[[], DiGraph], error: str) -> None:
    with pytest.raises(ValueError, match=error):
        made().graph_validate()


def test_a_graph_knows_its_shape() -> None:
    shape = graph(A="BC", B="D", C="D", D="")

    assert shape.get_parents() == {"A": [], "B": ["A"], "C": ["A"], "D": ["B", "C"]}
    assert (shape.get_start_nodes(), shape.get_leaf_nodes()) == ({"A"}, {"D"})
    assert shape.get_remaining_map() == {"B": {"B": 1}, "C": {"C": 1}, "D": {"D": 2}}
    assert shape.get_has_cycles() is False


async def test_a_cyclic_graph_needs_a_limit() -> None:
    team = flow("a>b b>a b>c", conditions={"b>a": "x", "b>c": "y"}, entry="a")

    with pytest.raises(ValueError, match="required for cyclic graphs"):
        await team.run(task="go")


@pytest.mark.parametrize(
    ("build", "error"),
    [
        (lambda builder: builder.add_edge("x", "a"), "Source node 'x' must be added"),
        (lambda builder: builder.add_edge("a", "x"), "Target node 'x' must be added"),
        (lambda builder: builder.set_entry_point("x"), "Start node 'x' must be added"),
    ],
)
def test_the_builder_wants_nodes_first(build: Callable[[Any], Any], error: str) -> None:
    with pytest.raises(ValueError, match=error):
        build(DiGraphBuilder().add_node(Saying("a")))


def test_conditional_edges_by_text_are_deprecated_and_work() -> None:
    builder = DiGraphBuilder().add_node(Saying("a")).add_node(Saying("b"))

    with pytest.warns(DeprecationWarning, match="add_edge"):
        builder.add_conditional_edges("a", {"yes": "b"})

    assert builder.build().nodes["a"].edges == [DiGraphEdge(target="b", condition="yes")]


@pytest.mark.parametrize(
    "limit", [{"termination_condition": TextMentionTermination("b")}, {"max_turns": 2}]
)
async def test_at_its_end_it_begins_anew_whatever_else_would_stop_it(limit: dict[str, Any]) -> None:
    team = flow("a>b", **limit)

    first, second = await team.run(task="go"), await team.run(task="again")

    assert [first.stop_reason, second.stop_reason] == ["Digraph execution is complete"] * 2
    assert [message.source for message in second.messages] == ["user", "a", "b"]


class Waiting(Saying):
    """Speaks when it may."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.asked, self.may_speak = asyncio.Event(), asyncio.Event()

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        self.asked.set()
        await self.may_speak.wait()
        return await super().on_messages(messages, cancellation_token)


async def test_a_team_saved_while_several_speak_goes_on_with_those_who_have_not() -> None:
    slow, quick, after = Waiting("b"), Saying("c"), Saying("d")
    before = flow("a>b a>c b>d c>d", slow, Saying("c"))
    stream = before.run_stream(task="go")
    async for item in stream:
        if getattr(item, "source", "") == "c":
            break
    await slow.asked.wait()

    again = flow("a>b a>c b>d c>d", quick, after)
    await again.load_state(await before.save_state())
    await stream.aclose()

    assert await spoken(again, None) == ["b", "d"]
    assert (quick.given, after.given) == ([], [["go", "a", "c", "b"]])
