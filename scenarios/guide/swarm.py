"""Swarm: agents hand the conversation to each other, and to the user."""

from collections.abc import AsyncGenerator

from agentchat.agents import AssistantAgent
from agentchat.base import TaskResult
from agentchat.conditions import HandoffTermination, TextMentionTermination
from agentchat.messages import BaseAgentEvent, BaseChatMessage, HandoffMessage
from agentchat.teams import Swarm
from harness import (
    Run,
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

TRAVEL_AGENT = (
    "You are a travel agent. The flights_refunder is in charge of refunding flights. "
    "If you need information from the user, you must first send your message, then you can "
    "handoff to the user. Use TERMINATE when the travel planning is complete."
)

FLIGHTS_REFUNDER = (
    "You are an agent specialized in refunding flights. You only need flight reference numbers "
    "to refund a flight. You have the ability to refund a flight using the refund_flight tool. "
    "If you need information from the user, you must first send your message, then you can "
    "handoff to the user. When the transaction is complete, handoff to the travel agent to "
    "finalize."
)


def refund_flight(flight_id: str) -> str:
    """Refund a flight."""
    return f"Flight {flight_id} refunded"


@scenario(
    task="I need to refund my flight.",
    expect=[
        speakers(
            "user",
            "travel_agent",
            "flights_refunder",
            "flights_refunder",
            "user",
            "flights_refunder",
            "flights_refunder",
            "travel_agent",
        ),
        said(by="travel_agent", text=contains("flights_refunder"), type="HandoffMessage"),
        said(by="flights_refunder", text=contains("reference number")),
        tool_called("transfer_to_user", by="flights_refunder", times=1),
        model_saw("Sure, it is 507811.", by="flights_refunder"),
        tool_called("refund_flight", args={"flight_id": "507811"}, times=1),
        tool_result("refund_flight", "Flight 507811 refunded"),
        tool_called("transfer_to_travel_agent", by="flights_refunder", times=1),
        last_message(contains("507811"), by="travel_agent"),
        stopped(because="Text 'TERMINATE' mentioned"),
        within(turns=7, tool_calls=4, tokens=2_000, usd=0.02),
        no_errors(),
    ],
    tags=["swarm", "handoff", "tools", "resume"],
)
async def flight_refunded(
    run: Run,
) -> AsyncGenerator[BaseAgentEvent | BaseChatMessage | TaskResult, None]:
    """Swarm: a flight is refunded, with a question to the user in the middle.

    An agent hands over by calling a tool. A handoff to the user stops the team; the user's answer
    is a handoff back to who has asked, and the team goes on.
    """
    client = run.model("gpt-4o")
    travel_agent = AssistantAgent(
        "travel_agent",
        model_client=client,
        handoffs=["flights_refunder", "user"],
        system_message=TRAVEL_AGENT,
    )
    flights_refunder = AssistantAgent(
        "flights_refunder",
        model_client=client,
        handoffs=["travel_agent", "user"],
        tools=[refund_flight],
        system_message=FLIGHTS_REFUNDER,
    )
    team = Swarm(
        [travel_agent, flights_refunder],
        termination_condition=HandoffTermination("user") | TextMentionTermination("TERMINATE"),
    )

    asked = None
    async for item in team.run_stream(task=run.task):
        if isinstance(item, TaskResult):
            asked = item.messages[-1]
        else:
            yield item
    assert isinstance(asked, HandoffMessage)
    assert asked.target == "user"

    answer = HandoffMessage(source="user", target=asked.source, content="Sure, it is 507811.")
    async for item in team.run_stream(task=answer):
        yield item
