"""A user proxy: an agent that asks a person."""

from agentchat.agents import AssistantAgent, UserProxyAgent
from agentchat.conditions import TextMentionTermination
from agentchat.teams import RoundRobinGroupChat
from harness import (
    Run,
    Trace,
    contains,
    last_message,
    no_errors,
    said,
    scenario,
    speakers,
    stopped,
    within,
)


def asked_first(trace: Trace) -> bool | str:
    """The person is asked before the person answers."""
    types = [message.type for message in trace.messages() if message.source == "user_proxy"]
    pairs = ["UserInputRequestedEvent", "TextMessage"]
    return types == pairs * (len(types) // 2) or f"came: {', '.join(types)}"


@scenario(
    task="Shall we go on?",
    expect=[
        speakers("user", "user_proxy"),
        last_message("Yes, please.", by="user_proxy"),
        asked_first,
        within(turns=1, model_calls=0),
        no_errors(),
    ],
    tags=["user-proxy", "no-model"],
)
def shall_we_go_on(run: Run) -> UserProxyAgent:
    """User proxy: an agent that asks the person at the keyboard.

    Here the person's answer is part of the story. No model is asked.
    """
    return UserProxyAgent("user_proxy", input_func=run.user("Yes, please."))


@scenario(
    task="Write a two-line poem.",
    expect=[
        speakers("user", "assistant", "user_proxy", "assistant", "user_proxy"),
        said(by="user_proxy", text=contains("the sea")),
        said(by="assistant", text=contains("tide")),
        last_message("APPROVE", by="user_proxy"),
        asked_first,
        stopped(because="Text 'APPROVE' mentioned"),
        within(turns=4, tokens=500, usd=0.01),
        no_errors(),
    ],
    tags=["user-proxy", "round-robin"],
)
def poem_until_approved(run: Run) -> RoundRobinGroupChat:
    """User proxy in a team: the person asks for a change, then approves.

    The team stops on the person's word; all other words are the model's.
    """
    assistant = AssistantAgent(
        "assistant", system_message="You are a poet.", model_client=run.model("gpt-4o")
    )
    person = UserProxyAgent("user_proxy", input_func=run.user("Let it be of the sea.", "APPROVE"))
    return RoundRobinGroupChat(
        [assistant, person], termination_condition=TextMentionTermination("APPROVE")
    )
