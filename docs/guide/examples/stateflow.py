"""Group chat with a custom selector: the planner, whom the model chooses, the planner.

Offline, in two terminals:

    harness serve --script scenarios/guide/stateflow.script.yaml

    export OPENAI_BASE_URL=http://127.0.0.1:8808/v1 OPENAI_API_KEY=none
    python docs/guide/examples/stateflow.py
"""

import asyncio
from collections.abc import Sequence

from agentchat.agents import AssistantAgent
from agentchat.conditions import MaxMessageTermination, TextMentionTermination
from agentchat.core.models import ChatCompletionClient
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from agentchat.messages import BaseAgentEvent, BaseChatMessage
from agentchat.teams import SelectorGroupChat
from agentchat.ui import Console

PLANNER = """
    You are a planning agent.
    Your job is to break down complex tasks into smaller, manageable subtasks.
    Your team members are:
    Web search agent: Searches for information
    Data analyst: Performs calculations
    You only plan and delegate tasks - you do not execute them yourself.
    When assigning tasks, use this format:
    1. <agent> : <task>
    After all tasks are complete, summarize the findings and end with "TERMINATE".
    """

SEARCHER = """
    You are a web search agent.
    Your only tool is search_tool - use it to find information.
    You make only one search call at a time.
    Once you have the results, you never do calculations based on them.
    """

ANALYST = """
    You are a data analyst.
    Given the tasks you have been assigned, you should analyze the data and provide results
    using the tools provided.
    """

REBOUNDS = "The number of total rebounds for Dwayne Wade in the Miami Heat season {} is {}."
FOUND = {
    "2006-2007": (
        "Here are the total points scored by Miami Heat players in the 2006-2007 season:\n"
        "Udonis Haslem: 844 points\nDwayne Wade: 1397 points\nJames Posey: 550 points\n..."
    ),
    "2007-2008": REBOUNDS.format("2007-2008", 214),
    "2008-2009": REBOUNDS.format("2008-2009", 398),
}
TASK = (
    "Who was the Miami Heat player with the highest points in the 2006-2007 season, and what was "
    "the percentage change in his total rebounds between the 2007-2008 and 2008-2009 seasons?"
)


def search_web_tool(query: str) -> str:
    """Finds what is known about a season; it stands in for a search engine."""
    return next((text for season, text in FOUND.items() if season in query), "No data found.")


def percentage_change_tool(start: float, end: float) -> float:
    """By how many percent a number has grown."""
    return ((end - start) / start) * 100


def selector_func(messages: Sequence[BaseAgentEvent | BaseChatMessage]) -> str | None:
    """Who speaks next; None leaves it to the model."""
    return None if messages[-1].source == "PlanningAgent" else "PlanningAgent"


def team_of(client: ChatCompletionClient, selector: ChatCompletionClient) -> SelectorGroupChat:
    """A planner and two workers.

    Args:
        client: The model that they all ask.
        selector: The model that chooses between the workers; a small one will do.
    """
    planner = AssistantAgent(
        "PlanningAgent",
        description="An agent for planning tasks, the first to engage when given a new task.",
        model_client=client,
        system_message=PLANNER,
    )
    searcher = AssistantAgent(
        "WebSearchAgent",
        description="A web search agent.",
        tools=[search_web_tool],
        model_client=client,
        system_message=SEARCHER,
    )
    analyst = AssistantAgent(
        "DataAnalystAgent",
        description="A data analyst agent. Useful for performing calculations.",
        tools=[percentage_change_tool],
        model_client=client,
        system_message=ANALYST,
    )
    return SelectorGroupChat(
        [planner, searcher, analyst],
        model_client=selector,
        termination_condition=TextMentionTermination("TERMINATE") | MaxMessageTermination(25),
        selector_func=selector_func,
    )


async def main() -> None:
    """Has the question answered, and shows the messages as they come."""
    client = OpenAIChatCompletionClient(model="gpt-4o")
    selector = OpenAIChatCompletionClient(model="gpt-4o-mini")

    await Console(team_of(client, selector).run_stream(task=TASK))

    await client.close()
    await selector.close()


if __name__ == "__main__":
    asyncio.run(main())
