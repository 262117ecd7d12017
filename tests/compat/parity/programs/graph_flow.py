"""Teams whose turns follow a graph."""

from agentchat.conditions import MaxMessageTermination, TextMentionTermination
from agentchat.teams import DiGraphBuilder, GraphFlow
from tests.compat.parity.cast import Failing, Speaker
from tests.compat.parity.observation import show, stream_of


def flow(edges, *people, entry=None, **options):
    builder = DiGraphBuilder()
    by_name = {person.name: person for person in people}
    for person in people:
        builder.add_node(person)
    for source, target, *details in edges:
        builder.add_edge(by_name[source], by_name[target], **(details[0] if details else {}))
    if entry:
        builder.set_entry_point(entry)
    return GraphFlow(builder.get_participants(), builder.build(), **options)


def speakers(names):
    return [Speaker(name, f"{name}1", f"{name}2", f"{name}3") for name in names]


async def seen(team, task="go"):
    """The stream without ids; the answers of one batch may come in any order."""
    items = await stream_of(team.run_stream(task=task))
    return [
        {
            key: item[key]
            for key in ("class", "source", "to_text", "metadata", "stop_reason", "raised", "text")
            if key in item
        }
        for item in items
    ]


async def a_sequence():
    return await seen(flow([("a", "b"), ("b", "c")], *speakers("abc")))


async def a_fan_out_and_join():
    edges = [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]
    items = await seen(flow(edges, *speakers("abcd")))
    heard = sorted(items[-2]["metadata"]["heard"].split(","))
    return [sorted(f"{item.get('source')} {item.get('to_text')}" for item in items), heard]


async def a_join_of_any():
    any_of = {"activation_group": "first", "activation_condition": "any"}
    edges = [("a", "b"), ("a", "c"), ("b", "d", any_of), ("c", "d", any_of)]
    items = await seen(flow(edges, *speakers("abcd")))
    return sorted(f"{item.get('source')} {item.get('to_text')}" for item in items)


async def a_choice_by_words():
    people = [Speaker("a", "left please"), *speakers("bc")]
    edges = [("a", "b", {"condition": "left"}), ("a", "c", {"condition": "right"})]
    return await seen(flow(edges, *people))


async def a_choice_by_a_function():
    edges = [
        ("a", "b", {"condition": lambda message: len(message.to_text()) > 5}),
        ("a", "c", {"condition": lambda message: len(message.to_text()) <= 5}),
    ]
    return await seen(flow(edges, *speakers("abc")))


async def a_loop():
    people = [
        Speaker("writer", "draft"),
        Speaker("critic", "again", "again", "fine"),
        *speakers("p"),
    ]
    edges = [
        ("writer", "critic"),
        ("critic", "writer", {"condition": "again"}),
        ("critic", "p", {"condition": "fine"}),
    ]
    return await seen(
        flow(edges, *people, entry="writer", termination_condition=MaxMessageTermination(20))
    )


async def a_loop_of_groups():
    people = [Speaker("a", "a"), Speaker("b", "loop", "loop", "exit"), *speakers("e")]
    edges = [
        ("a", "b"),
        ("b", "b", {"condition": "loop", "activation_group": "self"}),
        ("b", "e", {"condition": "exit"}),
    ]
    return await seen(flow(edges, *people, entry="a", max_turns=9))


async def a_dead_end_by_condition():
    people = [Speaker("a", "neither"), *speakers("b")]
    return await seen(flow([("a", "b", {"condition": "left"})], *people))


async def two_starts():
    items = await seen(flow([("a", "c"), ("b", "c")], *speakers("abc")))
    return sorted(f"{item.get('source')} {item.get('to_text')}" for item in items)


async def stopped_and_resumed():
    team = flow([("a", "b"), ("b", "c")], *speakers("abc"), max_turns=1)
    return [await seen(team, task) for task in ("go", None, "more", "after the end")]


async def stopped_by_a_condition_and_resumed():
    team = flow(
        [("a", "b"), ("b", "c")],
        *speakers("abc"),
        termination_condition=TextMentionTermination("a1"),
    )
    return [await seen(team, task) for task in ("go", None)]


async def the_end_and_a_condition_at_once():
    condition = TextMentionTermination("b1")
    team = flow([("a", "b")], *speakers("ab"), termination_condition=condition)
    return [await seen(team, task) for task in ("go", "once more")]


async def run_again_after_the_end():
    team = flow([("a", "b")], *speakers("ab"))
    return [await seen(team, task) for task in ("go", "once more")]


async def reset_in_the_middle():
    team = flow([("a", "b"), ("b", "c")], *speakers("abc"), max_turns=1)
    await team.run(task="go")
    await team.reset()
    return await seen(team, "again")


async def a_failing_node():
    people = [Speaker("a", "a1"), Failing("b", "fail")]
    return await seen(flow([("a", "b")], *people))


async def without_a_task():
    return await seen(flow([("a", "b")], *speakers("ab")), None)


async def a_lone_node():
    return await seen(flow([], *speakers("a")))


async def main():
    await show(
        a_sequence,
        a_fan_out_and_join,
        a_join_of_any,
        a_choice_by_words,
        a_choice_by_a_function,
        a_loop,
        a_loop_of_groups,
        a_dead_end_by_condition,
        two_starts,
        stopped_and_resumed,
        stopped_by_a_condition_and_resumed,
        the_end_and_a_condition_at_once,
        run_again_after_the_end,
        reset_in_the_middle,
        a_failing_node,
        without_a_task,
        a_lone_node,
    )
