"""Texts that users compare with, letter by letter: why a conversation stopped."""

import json

import pytest

from agentchat.base import TerminationCondition
from agentchat.conditions import (
    ExternalTermination,
    FunctionalTermination,
    FunctionCallTermination,
    HandoffTermination,
    MaxMessageTermination,
    SourceMatchTermination,
    StopMessageTermination,
    TextMentionTermination,
    TextMessageTermination,
    TimeoutTermination,
    TokenUsageTermination,
)
from agentchat.core.models import FunctionExecutionResult, RequestUsage
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.messages import (
    HandoffMessage,
    StopMessage,
    TextMessage,
    ToolCallExecutionEvent,
)
from agentchat.teams import DiGraphBuilder, GraphFlow, MagenticOneGroupChat, RoundRobinGroupChat
from tests.agentchat.teams.talker import Talker

SAID = [
    TextMessage(
        source="writer",
        content="All done: APPROVE",
        models_usage=RequestUsage(prompt_tokens=3, completion_tokens=4),
    ),
    StopMessage(source="critic", content="enough"),
    HandoffMessage(source="critic", target="user", content="over to you"),
    ToolCallExecutionEvent(
        source="writer", content=[FunctionExecutionResult(content="ok", name="pay", call_id="1")]
    ),
]


def requested() -> ExternalTermination:
    condition = ExternalTermination()
    condition.set()
    return condition


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (
            MaxMessageTermination(2),
            "Maximum number of messages 2 reached, current message count: 3",
        ),
        (TextMentionTermination("APPROVE"), "Text 'APPROVE' mentioned"),
        (StopMessageTermination(), "Stop message received"),
        (
            TokenUsageTermination(max_total_token=7),
            "Token usage limit reached, total token count: 7, prompt token count: 3, "
            "completion token count: 4.",
        ),
        (HandoffTermination("user"), "Handoff to user from critic detected."),
        (TimeoutTermination(0), "Timeout of 0 seconds reached"),
        (TimeoutTermination(0.0), "Timeout of 0.0 seconds reached"),
        (requested(), "External termination requested"),
        (SourceMatchTermination(["critic", "writer"]), "'writer' answered"),
        (TextMessageTermination(), "Text message received from 'writer'"),
        (TextMessageTermination("writer"), "Text message received from 'writer'"),
        (FunctionCallTermination("pay"), "Function 'pay' was executed."),
        (FunctionalTermination(lambda _: True), "Functional termination condition met"),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_a_condition_gives_upstreams_reason_in_its_own_name(
    condition: TerminationCondition, text: str
) -> None:
    stop = await condition(SAID)

    assert stop is not None
    assert (stop.content, stop.source) == (text, type(condition).__name__)


@pytest.mark.parametrize("combine", [TerminationCondition.__and__, TerminationCondition.__or__])
async def test_a_combination_joins_the_reasons_and_the_names(combine: object) -> None:
    condition = combine(TextMentionTermination("APPROVE"), StopMessageTermination())

    stop = await condition(SAID)

    assert (stop.content, stop.source) == (
        "Text 'APPROVE' mentioned, Stop message received",
        "TextMentionTermination, StopMessageTermination",
    )


async def test_a_team_says_that_its_turns_are_over() -> None:
    result = await RoundRobinGroupChat([Talker("one")], max_turns=2).run(task="go")

    assert result.stop_reason == "Maximum number of turns 2 reached."


async def test_a_graph_says_that_it_is_complete() -> None:
    graph = DiGraphBuilder().add_node(Talker("one")).build()

    result = await GraphFlow([Talker("one")], graph).run(task="go")

    assert result.stop_reason == "Digraph execution is complete"


async def test_a_team_does_not_start_on_a_condition_that_was_met() -> None:
    condition = MaxMessageTermination(1)
    await condition(SAID)
    team = RoundRobinGroupChat([Talker("one")], termination_condition=condition)

    result = await team.run(task="go")

    assert result.stop_reason == "The group chat has already terminated."


async def test_a_led_team_says_that_its_rounds_are_over() -> None:
    names = ("is_request_satisfied", "is_in_loop", "is_progress_being_made")
    answers = dict.fromkeys(names, False) | {
        "is_progress_being_made": True,
        "next_speaker": "one",
        "instruction_or_question": "go",
    }
    ledger = json.dumps({name: {"reason": "so", "answer": each} for name, each in answers.items()})
    model = ReplayChatCompletionClient(["facts", "plan", ledger, ledger, "answer"])

    result = await MagenticOneGroupChat([Talker("one")], model, max_turns=1).run(task="go")

    assert result.stop_reason == "Max rounds reached."
