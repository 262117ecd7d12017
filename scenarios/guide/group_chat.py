"""Group chat: a writer and a critic, who knows when it is done."""

from agentchat.agents import AssistantAgent
from agentchat.conditions import TextMentionTermination
from agentchat.teams import RoundRobinGroupChat
from harness import (
    Run,
    asked_model,
    contains,
    last_message,
    model_saw,
    no_errors,
    said,
    scenario,
    speakers,
    stopped,
    within,
)

ADVICE = "Show the feeling through something the robot does."


@scenario(
    task="Write a short story about a robot that discovers it has feelings.",
    expect=[
        speakers("user", "writer", "critic", "writer", "critic"),
        said(by="critic", text=contains(ADVICE)),
        model_saw(contains(ADVICE), by="writer", call=2),
        said(by="writer", text=contains("watering can")),
        last_message("APPROVE", by="critic"),
        stopped(because="Text 'APPROVE' mentioned"),
        asked_model(by="writer", times=2),
        asked_model(by="critic", times=2),
        within(turns=4, tokens=1_500, usd=0.02),
        no_errors(),
    ],
    tags=["round-robin"],
)
def story_approved(run: Run) -> RoundRobinGroupChat:
    """Group chat: a writer revises a story until a critic approves of it.

    The two speak in turns, and hear all that is said. The chat stops at the critic's word; it
    would also stop after twelve turns.
    """
    client = run.model("gpt-4o", seed=42, temperature=0)
    writer = AssistantAgent(
        name="writer",
        description="A writer.",
        system_message="You are a writer.",
        model_client=client,
    )
    critic = AssistantAgent(
        name="critic",
        description="A critic.",
        system_message=(
            "You are a critic, provide feedback on the writing. "
            "Reply only 'APPROVE' if the task is done."
        ),
        model_client=client,
    )
    return RoundRobinGroupChat(
        [writer, critic], termination_condition=TextMentionTermination("APPROVE"), max_turns=12
    )
