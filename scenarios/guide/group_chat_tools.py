"""Group chat with tool use: whoever has the tool runs it, and the others hear what it gave."""

from agentchat.agents import AssistantAgent
from agentchat.conditions import TextMentionTermination
from agentchat.teams import RoundRobinGroupChat
from harness import (
    Run,
    Trace,
    asked_model,
    contains,
    last_message,
    model_saw,
    no_errors,
    said,
    scenario,
    speakers,
    stopped,
    tool_called,
    tool_result,
    within,
)

IN_STOCK = {"lamp": 3, "desk": 12, "chair": 0}


def count_stock(item: str) -> int:
    """How many of an item are in the warehouse."""
    return IN_STOCK[item]


def writer_has_no_tools(trace: Trace) -> bool | str:
    """Tools are offered to the clerk's model alone."""
    offered = {call.agent for call in trace.model_calls() if call.tools}
    return offered == {"clerk"} or f"offered to: {', '.join(sorted(offered))}"


@scenario(
    task="A customer asks for a lamp, a desk and a chair. Which of them can we ship today?",
    expect=[
        speakers("user", "clerk", "writer"),
        tool_called("count_stock", by="clerk", times=3),
        tool_called("count_stock", args={"item": "lamp"}, times=1),
        tool_result("count_stock", "0", by="clerk"),
        said(by="clerk", text="3\n12\n0", type="ToolCallSummaryMessage"),
        writer_has_no_tools,
        model_saw("3\n12\n0", by="writer"),
        last_message(contains("lamp and the desk"), by="writer"),
        stopped(because="Text 'TERMINATE' mentioned"),
        asked_model(by="clerk", times=1),
        within(turns=2, tool_calls=3, tokens=600, usd=0.01),
        no_errors(),
    ],
    tags=["round-robin", "tools"],
)
def order_answered(run: Run) -> RoundRobinGroupChat:
    """Group chat with tool use: a clerk counts what is in stock, a writer answers the customer.

    The clerk's model asks for three calls at once. The clerk itself runs them, and what they gave
    is what the writer hears. No call is routed through the team.
    """
    client = run.model("gpt-4o")
    clerk = AssistantAgent(
        "clerk",
        description="Knows what is in the warehouse.",
        system_message="You are a clerk. Count each item that is asked for.",
        model_client=client,
        tools=[count_stock],
    )
    writer = AssistantAgent(
        "writer",
        description="Answers customers.",
        system_message=(
            "You answer customers, in one or two sentences. The clerk tells you how many there are "
            "of each item, in the order of the question. End with TERMINATE."
        ),
        model_client=client,
    )
    return RoundRobinGroupChat(
        [clerk, writer], termination_condition=TextMentionTermination("TERMINATE")
    )
