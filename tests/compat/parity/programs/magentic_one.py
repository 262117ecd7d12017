"""A team led by a ledger; its prompts are our own, so what the model is asked is left out."""

import json

from agentchat.conditions import (
    MaxMessageTermination,
    SourceMatchTermination,
    TextMentionTermination,
)
from agentchat.teams import MagenticOneGroupChat, RoundRobinGroupChat
from tests.compat.parity.cast import Speaker, model
from tests.compat.parity.observation import attempt, outcome_of, show, stream_of


def ledger(speaker="ann", *, satisfied=False, progress=True, loop=False, instruction="Do it."):
    answers = {
        "is_request_satisfied": satisfied,
        "is_progress_being_made": progress,
        "is_in_loop": loop,
        "instruction_or_question": instruction,
        "next_speaker": speaker,
    }
    return json.dumps({key: {"reason": "so", "answer": each} for key, each in answers.items()})


def team(*replies, people=None, structured_output=False, **options):
    people = people or [Speaker("ann", "A1", "A2"), Speaker("ben", "B1")]
    return MagenticOneGroupChat(
        people, model(*replies, structured_output=structured_output), **options
    )


async def seen(chat, task="go"):
    """The stream; of messages made from a prompt only what the model put into them."""
    items = await stream_of(chat.run_stream(task=task))
    for item in items:
        text = item.get("to_text", "")
        if "FACTS" in text:
            parts = [word for word in ("go", "FACTS", "PLAN", "FACTS2", "PLAN2") if word in text]
            item.update(dict.fromkeys(("content", "to_text", "to_model_text"), parts))
        for key in ("models_usage", "metadata"):
            item.pop(key, None)
    return items


async def to_the_end():
    replies = "FACTS", "PLAN", ledger(), ledger("ben"), ledger(satisfied=True), "The answer."
    return await seen(team(*replies))


async def with_team_events():
    replies = "FACTS", "PLAN", ledger(), ledger(satisfied=True), "The answer."
    return await seen(team(*replies, emit_team_events=True))


async def with_structured_output():
    replies = "FACTS", "PLAN", ledger(), ledger(satisfied=True), "The answer."
    return await seen(team(*replies, structured_output=True))


async def too_many_rounds():
    return await seen(team("FACTS", "PLAN", ledger(), ledger("ben"), "The answer.", max_turns=1))


async def a_second_task_after_too_many_rounds():
    replies = "FACTS", "PLAN", ledger(), ledger("ben"), "The answer."
    chat = team(*replies, *replies, max_turns=1)
    return [await seen(chat), await seen(chat)]


async def stalled():
    stuck = ledger(progress=False)
    replies = (
        "FACTS",
        "PLAN",
        stuck,
        stuck,
        "FACTS2",
        "PLAN2",
        ledger(satisfied=True),
        "The answer.",
    )
    return await seen(team(*replies, max_stalls=2))


async def a_condition():
    replies = "FACTS", "PLAN", ledger(), ledger("ben"), ledger(satisfied=True), "The answer."
    chat = team(*replies, termination_condition=MaxMessageTermination(3))
    return await seen(chat)


async def what_conditions_are_shown():
    conditions = {
        "one message": MaxMessageTermination(1),
        "two messages": MaxMessageTermination(2),
        "the task": TextMentionTermination("go"),
        "the ledger": TextMentionTermination("FACTS"),
        "the instruction": TextMentionTermination("Do it."),
        "the orchestrator": SourceMatchTermination(["MagenticOneOrchestrator"]),
        "the second answer": TextMentionTermination("B1"),
    }
    replies = "FACTS", "PLAN", ledger(), ledger("ben"), ledger(satisfied=True), "The answer."
    return {
        name: (await team(*replies, termination_condition=condition).run(task="go")).stop_reason
        for name, condition in conditions.items()
    }


async def a_ledger_in_a_fence():
    fenced = f"Here it is:\n```json\n{ledger(satisfied=True)}\n```"
    return await seen(team("FACTS", "PLAN", fenced, "The answer."))


async def a_ledger_that_is_no_json():
    replies = "FACTS", "PLAN", "no json", ledger(satisfied=True), "The answer."
    return await seen(team(*replies))


async def a_ledger_that_lacks_answers():
    replies = "FACTS", "PLAN", '{"a": 1}', ledger(satisfied=True), "The answer."
    return await seen(team(*replies))


async def a_ledger_that_names_a_stranger():
    replies = "FACTS", "PLAN", ledger("dora"), ledger(satisfied=True), "The answer."
    return await seen(team(*replies))


async def a_ledger_that_never_comes():
    return (await seen(team("FACTS", "PLAN", *["no json"] * 10)))[-1]


async def one_agent_only():
    people = [Speaker("ann", "A1")]
    replies = "FACTS", "PLAN", ledger("whoever"), ledger(satisfied=True), "The answer."
    return await seen(team(*replies, people=people))


async def no_task():
    return await outcome_of(team().run())


async def its_state():
    chat = team("FACTS", "PLAN", ledger(), ledger(satisfied=True), "The answer.")
    await chat.run(task="go")
    state = await chat.save_state()
    manager = state["agent_states"].pop("MagenticOneOrchestrator")
    thread = [message["type"] for message in manager.pop("message_thread")]
    return {"participants": sorted(state["agent_states"]), "manager": manager, "thread": thread}


async def refusals():
    inner = RoundRobinGroupChat([Speaker("a", "x")], max_turns=1)
    nested = attempt(lambda: MagenticOneGroupChat([inner], model()))
    return [nested["raised"], attempt(lambda: MagenticOneGroupChat([], model()))]


async def names():
    return [team().name, team().description]


async def main():
    await show(
        to_the_end,
        with_team_events,
        with_structured_output,
        too_many_rounds,
        a_second_task_after_too_many_rounds,
        stalled,
        a_condition,
        what_conditions_are_shown,
        a_ledger_in_a_fence,
        a_ledger_that_is_no_json,
        a_ledger_that_lacks_answers,
        a_ledger_that_names_a_stranger,
        a_ledger_that_never_comes,
        one_agent_only,
        no_task,
        its_state,
        refusals,
        names,
    )
