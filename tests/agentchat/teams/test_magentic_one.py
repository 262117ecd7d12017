"""MagenticOneGroupChat: planning, instructing, stalling, and coming to an end."""

import json
from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

import pytest

from agentchat.base import TaskResult
from agentchat.conditions import TextMentionTermination
from agentchat.core import CancellationToken
from agentchat.messages import BaseChatMessage, TextMessage
from agentchat.teams import MagenticOneGroupChat, RoundRobinGroupChat
from harness.scripted import ScriptedModel
from tests.agentchat.teams.talker import Talker

LEDGER = "MagenticOneOrchestrator"


class Worker(Talker):
    """Says that it worked, and keeps what it was told."""

    def __init__(self, name: str) -> None:
        super().__init__(name, f"The {name}.")
        self.told: list[str] = []

    def says(self, messages: Sequence[BaseChatMessage]) -> str:
        self.told.append(messages[-1].to_text())
        return "worked"

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        self.told.append("(reset)")


def ledger(
    speaker: str = "coder", *, done: bool = False, progress: bool = True, loop: bool = False
) -> str:
    answers: dict[str, Any] = {
        "is_request_satisfied": done,
        "is_in_loop": loop,
        "is_progress_being_made": progress,
        "next_speaker": speaker,
        "instruction_or_question": f"do it, {speaker}",
    }
    return json.dumps({key: {"reason": "since so", "answer": a} for key, a in answers.items()})


def spoken(result: TaskResult) -> list[tuple[str, str]]:
    texts = [(m.source, m.to_text()) for m in result.messages]
    return [(who, "the ledger" if "What is known so far" in text else text) for who, text in texts]


async def test_it_plans_instructs_and_answers() -> None:
    coder = Worker("coder")
    model = ScriptedModel("facts", "plan", ledger(), ledger(done=True), "the answer")

    result = await MagenticOneGroupChat([coder, Worker("tester")], model).run(task="build it")

    assert spoken(result) == [
        ("user", "build it"),
        (LEDGER, "the ledger"),
        (LEDGER, "do it, coder"),
        ("coder", "worked"),
        (LEDGER, "the answer"),
    ]
    assert result.stop_reason == "since so"
    assert coder.told == ["(reset)", "do it, coder"]
    model.assert_complete()


async def test_stalls_lead_to_new_facts_and_a_new_plan() -> None:
    stalls = [ledger(progress=False), ledger(loop=True)]
    model = ScriptedModel("facts", "plan", *stalls, "facts 2", "plan 2", ledger(done=True), "end")

    team = MagenticOneGroupChat([Worker("coder"), Worker("tester")], model, max_stalls=2)
    result = await team.run(task="build it")

    assert spoken(result) == [
        ("user", "build it"),
        (LEDGER, "the ledger"),
        (LEDGER, "do it, coder"),
        ("coder", "worked"),
        (LEDGER, "the ledger"),
        (LEDGER, "end"),
    ]
    model.assert_complete()


async def test_rounds_are_limited() -> None:
    model = ScriptedModel("facts", "plan", ledger(), ledger(), "out of time")

    result = await MagenticOneGroupChat([Worker("coder")], model, max_turns=1).run(task="build it")

    assert result.stop_reason == "Max rounds reached."
    assert spoken(result)[-1] == (LEDGER, "out of time")


@pytest.mark.parametrize("bad", ["no json", "{}", ledger("stranger"), "[1]"])
async def test_an_answer_that_is_no_ledger_is_sent_back(bad: str) -> None:
    """AutoGen gives up at once on an unknown next speaker (#7039)."""
    model = ScriptedModel("facts", "plan", bad, ledger(done=True), "end")

    result = await MagenticOneGroupChat([Worker("coder"), Worker("tester")], model).run(task="x")

    assert result.stop_reason == "since so"
    model.assert_complete()


async def test_ten_answers_that_are_no_ledger_are_enough() -> None:
    model = ScriptedModel("facts", "plan", *["no json"] * 10)

    with pytest.raises(ValueError, match="Failed to parse ledger information after multiple"):
        await MagenticOneGroupChat([Worker("coder")], model).run(task="x")


async def test_the_task_does_not_end_it_but_an_answer_may() -> None:
    model = ScriptedModel("facts", "plan", ledger())
    condition = TextMentionTermination("worked")
    team = MagenticOneGroupChat([Worker("coder")], model, termination_condition=condition)

    result = await team.run(task="say that you worked")

    assert (result.messages[-1].source, result.stop_reason) == ("coder", "Text 'worked' mentioned")


async def test_a_team_of_one_needs_no_choice() -> None:
    model = ScriptedModel("facts", "plan", ledger("whoever"), ledger(done=True), "end")

    result = await MagenticOneGroupChat([Worker("coder")], model).run(task="x")

    assert ("coder", "worked") in spoken(result)


async def test_it_needs_a_task() -> None:
    with pytest.raises(AssertionError, match="needs a task"):
        await MagenticOneGroupChat([Worker("coder")], ScriptedModel()).run()


async def test_the_task_is_not_repeated_when_nobody_wants_it() -> None:
    """AutoGen shows it all the same."""
    model = ScriptedModel("facts", "plan", ledger(done=True), "end")
    team = MagenticOneGroupChat([Worker("coder")], model)

    result = await team.run(task="x", output_task_messages=False)

    assert [source for source, _ in spoken(result)] == [LEDGER, LEDGER]


async def test_its_state_holds_the_ledger() -> None:
    model = ScriptedModel("facts", "plan", ledger(), ledger(done=True), "end")
    first = MagenticOneGroupChat([Worker("coder")], model)
    await first.run(task="x")
    second = MagenticOneGroupChat([Worker("coder")], ScriptedModel())

    await second.load_state(await first.save_state())

    assert await second.save_state() == await first.save_state()
    assert (await second.save_state())["agent_states"][LEDGER]["facts"] == "facts"


async def test_a_nested_team_left_with_its_final_answer_does_not_answer_again() -> None:
    model = ScriptedModel("facts", "plan", ledger(), ledger(done=True), "the answer")
    inner = MagenticOneGroupChat([Worker("coder")], model, name="inner")
    team = RoundRobinGroupChat([inner], max_turns=1)
    async with aclosing(team.run_stream(task="build it")) as stream:
        async for item in stream:
            if isinstance(item, TextMessage) and item.content == "the answer":
                break

    await team.run()

    assert [message.to_text() for message in team.thread][-2:] == ["worked", "the answer"]
    model.assert_complete()
