"""Scenarios of real agents and teams."""

from typing import Any

import pytest

from agentchat.agents import AssistantAgent, UserProxyAgent
from agentchat.conditions import TextMentionTermination
from agentchat.core import FunctionCall
from agentchat.core.models import CreateResult, RequestUsage
from agentchat.teams import RoundRobinGroupChat, SelectorGroupChat
from harness import (
    Run,
    Scenario,
    asked_model,
    contains,
    no_errors,
    scenario,
    selected,
    speakers,
    stopped,
    tool_called,
    tool_result,
    within,
)
from harness.run import Settings
from harness.runner import Trial, run_trial


def run(story: Scenario) -> Trial:
    return run_trial(story, Settings())


def calling(tool: str, arguments: str) -> CreateResult:
    return CreateResult(
        finish_reason="function_calls",
        content=[FunctionCall(id="call-1", name=tool, arguments=arguments)],
        usage=RequestUsage(prompt_tokens=10, completion_tokens=2),
        cached=False,
    )


async def weather(city: str) -> str:
    """The weather in a city."""
    if city == "Atlantis":
        raise LookupError("no such city")
    return f"Rain in {city}"


def test_a_team_with_a_tool_and_a_user() -> None:
    @scenario(
        task="How is the weather in Paris?",
        expect=[
            speakers("user", "planner", "person"),
            tool_called("weather", args={"city": "Paris"}, by="planner", times=1),
            tool_result("weather", contains("Rain")),
            asked_model(times=1, by="planner"),
            stopped(because=contains("fine")),
            within(turns=2, tokens=12),
            no_errors(),
        ],
    )
    def asking(run: Run) -> Any:
        model = run.replay([calling("weather", '{"city": "Paris"}')])
        planner = AssistantAgent("planner", model_client=model, tools=[weather])
        person = UserProxyAgent("person", input_func=run.user("That is fine."))
        return RoundRobinGroupChat(
            [planner, person], termination_condition=TextMentionTermination("fine")
        )

    result = run(asking).result

    assert [each.expectation for each in result.judgements if not each.holds] == []
    assert result.outcome == "passed"
    assert (result.totals.tool_calls, result.totals.model_calls) == (1, 1)


def test_a_tool_that_fails_is_an_error_in_the_trace() -> None:
    @scenario(task="How is it in Atlantis?", expect=[no_errors()])
    def asking(run: Run) -> Any:
        model = run.replay([calling("weather", '{"city": "Atlantis"}')])
        return AssistantAgent("planner", model_client=model, tools=[weather])

    [judgement] = run(asking).result.judgements

    assert not judgement.holds
    assert "no such city" in judgement.why


def test_a_user_without_answers_is_told() -> None:
    @scenario(task="Say something")
    def asking(run: Run) -> Any:
        return RoundRobinGroupChat([UserProxyAgent("person", input_func=run.user())], max_turns=1)

    failure = run(asking).result.failure

    assert failure is not None
    assert "The user was asked 1 times and has 0 answers." in failure.text


def test_the_choices_of_a_team_are_in_the_trace() -> None:
    @scenario(task="Write and check", expect=[selected("writer", "editor")])
    def choosing(run: Run) -> Any:
        writer = AssistantAgent("writer", model_client=run.replay(["A text"]))
        editor = AssistantAgent("editor", model_client=run.replay(["Fine"]))
        return SelectorGroupChat(
            [writer, editor],
            model_client=run.replay(["writer", "editor"]),
            max_turns=2,
            emit_team_events=True,
        )

    trial = run(choosing)

    assert trial.result.outcome == "passed"
    assert [call.agent for call in trial.trace.model_calls()] == [
        "SelectorGroupChatManager",
        "writer",
        "editor",
    ]


def test_a_team_inside_a_team_is_in_the_path_of_a_call() -> None:
    @scenario(task="Write")
    def nesting(run: Run) -> Any:
        writer = AssistantAgent("writer", model_client=run.replay(["A text"]))
        office = RoundRobinGroupChat([writer], name="office", max_turns=1)
        return RoundRobinGroupChat([office], max_turns=1)

    [call] = run(nesting).trace.model_calls()

    assert call.agent == "writer"
    assert [part.partition("#")[0] for part in call.path] == ["office", "writer"]


@pytest.mark.parametrize("replies", [[], ["only one"]])
def test_the_class_of_an_agents_error_is_kept(replies: list[str]) -> None:
    @scenario(task="Talk")
    def talking(run: Run) -> Any:
        model = run.replay(replies)
        agents = [AssistantAgent(name, model_client=model) for name in ("one", "two")]
        return RoundRobinGroupChat(agents, max_turns=2)

    failure = run(talking).result.failure

    assert failure is not None
    assert (failure.error, failure.text) == ("ValueError", "No more mock responses available")
