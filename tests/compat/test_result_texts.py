"""Texts that tools, handoffs and inner teams give, letter by letter: users and models read them."""

from typing import Any

from agentchat.agents import AssistantAgent, SocietyOfMindAgent
from agentchat.base import Handoff, TaskResult
from agentchat.conditions import MaxMessageTermination
from agentchat.core import FunctionCall
from agentchat.core.models import CreateResult, ModelInfo, RequestUsage
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.messages import TextMessage, ToolCallExecutionEvent
from agentchat.teams import RoundRobinGroupChat
from agentchat.tools import AgentTool, TeamTool

ABLE = ModelInfo(
    vision=False, function_calling=True, json_output=True, family="unknown", structured_output=True
)


def assistant(*replies: str | CreateResult, **options: Any) -> AssistantAgent:
    client = ReplayChatCompletionClient(list(replies), model_info=ABLE)
    return AssistantAgent("helper", client, **options)


def calling(name: str) -> CreateResult:
    return CreateResult(
        finish_reason="function_calls",
        content=[FunctionCall(id="1", name=name, arguments="{}")],
        usage=RequestUsage(prompt_tokens=1, completion_tokens=1),
        cached=False,
    )


async def test_a_handoff_says_who_takes_over() -> None:
    agent = assistant(calling("transfer_to_boss"), handoffs=[Handoff(target="boss")])

    result = await agent.run(task="go")

    assert result.messages[-1].to_text() == (
        "Transferred to boss, adopting the role of boss immediately."
    )


async def test_an_unknown_tool_is_told_to_the_model() -> None:
    result = await assistant(calling("fly")).run(task="go")

    (execution,) = [each for each in result.messages if isinstance(each, ToolCallExecutionEvent)]
    assert (execution.content[0].content, execution.content[0].is_error) == (
        "Error: tool 'fly' not found in any workbench",
        True,
    )


async def test_an_inner_team_that_says_nothing_gives_no_response() -> None:
    silent = RoundRobinGroupChat(
        [assistant("unsaid")], termination_condition=MaxMessageTermination(1)
    )
    client = ReplayChatCompletionClient(["unasked"], model_info=ABLE)

    result = await SocietyOfMindAgent("society", silent, client).run(task="go")

    assert result.messages[-1].to_text() == "No response."


def test_agents_and_teams_as_tools_tell_who_said_what() -> None:
    agent = assistant("hello")
    team = RoundRobinGroupChat([agent], max_turns=1)
    result = TaskResult(
        messages=[
            TextMessage(content="go", source="user"),
            TextMessage(content="first", source="helper"),
            TextMessage(content="second", source="critic"),
        ]
    )

    texts = [
        tool.return_value_as_string(result)
        for tool in (AgentTool(agent), TeamTool(team, name="crew", description="A crew."))
    ]

    assert texts == ["helper: first\n\ncritic: second"] * 2
