"""The saved state of teams that do more than talk in turns, and going on from it."""

import json

from pydantic import BaseModel

from agentchat.agents import SocietyOfMindAgent
from agentchat.conditions import HandoffTermination
from agentchat.core.model_context import BufferedChatCompletionContext
from agentchat.messages import HandoffMessage, StructuredMessage
from agentchat.teams import (
    DiGraphBuilder,
    GraphFlow,
    MagenticOneGroupChat,
    RoundRobinGroupChat,
    SelectorGroupChat,
    Swarm,
)
from tests.compat.parity.cast import calls, model, said
from tests.compat.parity.observation import outcome_of, show, stream_of
from tests.compat.parity.programs.magentic_one import ledger
from tests.compat.parity.programs.team_state import assistant


class Verdict(BaseModel):
    text: str


def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b


def graph_with_a_loop():
    writer = assistant("writer", "draft", "draft again", "last draft")
    critic = assistant("critic", "once more", "once more", "fine")
    printer = assistant("printer", "printed")
    builder = DiGraphBuilder().add_node(writer).add_node(critic).add_node(printer)
    builder.add_edge(writer, critic)
    builder.add_edge(critic, writer, condition="once more").add_edge(
        critic, printer, condition="fine"
    )
    builder.set_entry_point(writer)
    return GraphFlow(builder.get_participants(), builder.build(), max_turns=2)


def led():
    replies = "FACTS", "PLAN", ledger("a", instruction="Begin."), ledger(satisfied=True), "WRITTEN"
    return MagenticOneGroupChat([assistant("a"), assistant("b")], model(*replies))


def with_a_society():
    inner = RoundRobinGroupChat([assistant("x"), assistant("y")], max_turns=2, name="inner")
    client = model("We agree.", "We still agree.")
    society = SocietyOfMindAgent(
        "society", inner, client, instruction="Read:", response_prompt="Sum up."
    )
    return RoundRobinGroupChat([society, assistant("b")], max_turns=2)


def with_tools():
    replies = calls(("add", '{"a": 1, "b": 2}')), said("three"), calls(("add", '{"a": 2, "b": 2}'))
    worker = assistant("worker", *replies, tools=[add], reflect_on_tool_use=True)
    clerk = assistant("clerk", calls(("add", '{"a": 3, "b": 3}')), tools=[add])
    return RoundRobinGroupChat([worker, clerk], max_turns=2)


def with_structures():
    judge = assistant("judge", '{"text": "fine"}', '{"text": "bad"}', output_content_type=Verdict)
    return RoundRobinGroupChat(
        [judge, assistant("b")], max_turns=1, custom_message_types=[StructuredMessage[Verdict]]
    )


def swarm_that_waits_for_a_person():
    desk = assistant("desk", calls(("transfer_to_user", "{}")), handoffs=["user", "shop"])
    shop = assistant("shop", handoffs=["desk"])
    return Swarm([desk, shop], termination_condition=HandoffTermination("user"), max_turns=3)


def with_a_short_memory():
    context = BufferedChatCompletionContext(2)
    forgetful = assistant("a", model_context=context)
    return RoundRobinGroupChat([forgetful, assistant("b")], max_turns=3)


def selector_of_teams():
    inner = RoundRobinGroupChat([assistant("x")], max_turns=1, name="inner", description="Inside.")
    return SelectorGroupChat([inner, assistant("b")], model("inner", "b"), max_turns=2)


TEAMS = {
    make.__name__: make
    for make in (
        graph_with_a_loop,
        led,
        with_a_society,
        with_tools,
        with_structures,
        swarm_that_waits_for_a_person,
        with_a_short_memory,
        selector_of_teams,
    )
}
TASKS = {
    "swarm_that_waits_for_a_person": HandoffMessage(
        id="00000000-0000-0000-0000-000000000001", source="user", target="shop", content="go on"
    ),
    "led": "again",
}
"""How a team goes on, where it needs a task for it."""


def without_prompts(value):
    """A leading team's texts without the prompts, which are our own, and what they cost."""
    if isinstance(value, list):
        return [without_prompts(each) for each in value]
    if isinstance(value, dict):
        kept = value.keys() - {"models_usage"}
        return {key: without_prompts(each) for key, each in value.items() if key in kept}
    if isinstance(value, str) and "FACTS" in value:
        return " ".join(word for word in value.split() if word in ("go", "FACTS", "PLAN"))
    return value


async def saved(make):
    team, other = make(), make()
    await team.run(task="go")
    state = await team.save_state()
    loaded = await outcome_of(other.load_state(state))
    again = await other.save_state()
    going_on = await stream_of(other.run_stream(task=TASKS.get(make.__name__)))
    seen = {
        "state": state,
        "loaded": loaded,
        "the_same_again": json.dumps(again) == json.dumps(state),
        "going_on": going_on,
        "after": await other.save_state(),
    }
    return without_prompts(seen) if make is led else seen


def section(make):
    async def observed():
        return await saved(make)

    observed.__name__ = make.__name__
    return observed


async def main():
    await show(*map(section, TEAMS.values()))
