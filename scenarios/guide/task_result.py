"""What a run gives back: a task result, and how it becomes AutoGen 0.2's messages and back."""

from collections.abc import AsyncGenerator, Sequence

from agentchat.agents import AssistantAgent, UserProxyAgent
from agentchat.base import TaskResult
from agentchat.messages import BaseAgentEvent, BaseChatMessage, TextMessage
from agentchat.teams import RoundRobinGroupChat
from agentchat.utils import convert_to_v02_message, convert_to_v04_message
from harness import (
    Run,
    asked_model,
    contains,
    last_message,
    matches,
    no_errors,
    said,
    scenario,
    speakers,
    tool_called,
    tool_result,
    within,
)

Messages = AsyncGenerator[BaseAgentEvent | BaseChatMessage, None]

SUNNY = "The weather in Lisbon is 72 degree and sunny."


def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"The weather in {city} is 72 degree and sunny."


def travel_agent(run: Run) -> AssistantAgent:
    return AssistantAgent(
        name="assistant",
        system_message="You are a travel agent. Look at the weather before you advise.",
        model_client=run.model("gpt-4o"),
        tools=[get_weather],
    )


def tokens_of(messages: Sequence[BaseAgentEvent | BaseChatMessage]) -> int:
    usages = [message.models_usage for message in messages if message.models_usage]
    return sum(usage.prompt_tokens + usage.completion_tokens for usage in usages)


@scenario(
    task="Where shall I go for a sunny weekend?",
    expect=[
        speakers("user", "user_proxy", "assistant", "application"),
        tool_called("get_weather", args={"city": "Lisbon"}, by="assistant"),
        said(by="application", text=contains(f"Summary: {SUNNY}")),
        said(by="application", text=contains("Said by the person: Somewhere in Portugal.")),
        said(by="application", text=contains("Stopped: Maximum number of turns 2 reached.")),
        said(by="application", text=matches(r"Tokens: [1-9]\d*$")),
        within(turns=3, tokens=300, usd=0.01),
        no_errors(),
    ],
    tags=["task-result", "tools", "user-proxy"],
)
async def summed_up(run: Run) -> Messages:
    """Chat result: a task result holds every message, and the application sums it up.

    The summary, the person's words and the tokens were fields of AutoGen 0.2's result; here they
    are read from the messages, tool calls included.
    """
    person = UserProxyAgent("user_proxy", input_func=run.user("Somewhere in Portugal."))
    team = RoundRobinGroupChat([person, travel_agent(run)], max_turns=2)

    result = TaskResult(messages=[])
    async for item in team.run_stream(task=run.task):
        if isinstance(item, TaskResult):
            result = item
        else:
            yield item

    human = [m for m in result.messages if isinstance(m, TextMessage) and m.source == person.name]
    lines = [
        f"Summary: {result.messages[-1].to_text()}",
        f"Said by the person: {' '.join(message.content for message in human)}",
        f"Stopped: {result.stop_reason}",
        f"Tokens: {tokens_of(result.messages)}",
    ]
    yield TextMessage(content="\n".join(lines), source="application")


@scenario(
    task="What is the weather in Lisbon?",
    expect=[
        speakers("user", "assistant"),
        tool_called("get_weather", args={"city": "Lisbon"}, by="assistant", times=1),
        tool_result("get_weather", SUNNY),
        last_message(SUNNY, by="assistant"),
        asked_model(times=1),
        within(turns=1, tool_calls=1, tokens=300, usd=0.01),
    ],
    tags=["task-result", "migration", "tools"],
)
async def to_v02_and_back(run: Run) -> Messages:
    """Conversion between v0.2 and v0.4 messages: there and back.

    A conversation with a tool call becomes dicts as AutoGen 0.2 has them. The messages shown are
    those that these dicts become; of what the dicts have a place for, nothing is lost.
    """
    result = await travel_agent(run).run(task=run.task)

    old = [convert_to_v02_message(message, role="assistant") for message in result.messages]
    new = [convert_to_v04_message(message) for message in old]
    assert [convert_to_v02_message(message, role="assistant") for message in new] == old
    for message in new:
        yield message
