"""Group chat with a custom selector: a planner directs, a searcher and an analyst work."""

from collections.abc import Sequence

from agentchat.agents import AssistantAgent
from agentchat.conditions import MaxMessageTermination, TextMentionTermination
from agentchat.messages import BaseAgentEvent, BaseChatMessage
from agentchat.teams import SelectorGroupChat
from harness import (
    Run,
    asked_model,
    contains,
    last_message,
    no_errors,
    said,
    scenario,
    speakers,
    stopped,
    tool_called,
    within,
)

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


def search_web_tool(query: str) -> str:
    """Finds what is known about a season."""
    if "2006-2007" in query:
        return (
            "Here are the total points scored by Miami Heat players in the 2006-2007 season:\n"
            "Udonis Haslem: 844 points\nDwayne Wade: 1397 points\nJames Posey: 550 points\n..."
        )
    if "2007-2008" in query:
        return (
            "The number of total rebounds for Dwayne Wade in the Miami Heat season 2007-2008 "
            "is 214."
        )
    if "2008-2009" in query:
        return (
            "The number of total rebounds for Dwayne Wade in the Miami Heat season 2008-2009 "
            "is 398."
        )
    return "No data found."


def percentage_change_tool(start: float, end: float) -> float:
    """By how many percent a number has grown."""
    return ((end - start) / start) * 100


@scenario(
    task=(
        "Who was the Miami Heat player with the highest points in the 2006-2007 season, and what "
        "was the percentage change in his total rebounds between the 2007-2008 and 2008-2009 "
        "seasons?"
    ),
    expect=[
        speakers(
            "user",
            "PlanningAgent",
            "WebSearchAgent",
            "PlanningAgent",
            "WebSearchAgent",
            "PlanningAgent",
            "WebSearchAgent",
            "PlanningAgent",
            "DataAnalystAgent",
            "PlanningAgent",
        ),
        tool_called("search_web_tool", by="WebSearchAgent", times=3),
        tool_called(
            "percentage_change_tool", by="DataAnalystAgent", args={"start": 214, "end": 398}
        ),
        said(by="DataAnalystAgent", text=contains("85.98")),
        last_message(contains("Dwayne Wade")),
        asked_model(by="SelectorGroupChatManager", times=4),
        stopped(because="Text 'TERMINATE' mentioned"),
        within(turns=9, tokens=15_000, usd=0.10),
        no_errors(),
    ],
    tags=["selector", "tools"],
)
def rebounds(run: Run) -> SelectorGroupChat:
    """Group chat with a custom selector: a planner directs, a searcher and an analyst work.

    After every worker the function gives the floor back to the planner; after the planner it
    leaves the choice to a smaller model.
    """
    model = run.model("gpt-4o")
    planner = AssistantAgent(
        "PlanningAgent",
        description=(
            "An agent for planning tasks, this agent should be the first to engage when given "
            "a new task."
        ),
        model_client=model,
        system_message=PLANNER,
    )
    searcher = AssistantAgent(
        "WebSearchAgent",
        description="A web search agent.",
        tools=[search_web_tool],
        model_client=model,
        system_message=SEARCHER,
    )
    analyst = AssistantAgent(
        "DataAnalystAgent",
        description="A data analyst agent. Useful for performing calculations.",
        model_client=model,
        tools=[percentage_change_tool],
        system_message=ANALYST,
    )

    def back_to_the_planner(messages: Sequence[BaseAgentEvent | BaseChatMessage]) -> str | None:
        return planner.name if messages[-1].source != planner.name else None

    return SelectorGroupChat(
        [planner, searcher, analyst],
        model_client=run.model("gpt-4o-mini"),
        termination_condition=TextMentionTermination("TERMINATE") | MaxMessageTermination(25),
        selector_func=back_to_the_planner,
    )
