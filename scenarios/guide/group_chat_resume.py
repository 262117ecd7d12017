"""Group chat with resume: a chat that has stopped goes on, and remembers."""

from collections.abc import AsyncGenerator

from agentchat.agents import AssistantAgent
from agentchat.base import TaskResult
from agentchat.conditions import TextMentionTermination
from agentchat.messages import BaseAgentEvent, BaseChatMessage
from agentchat.teams import RoundRobinGroupChat
from harness import (
    Run,
    asked_model,
    last_message,
    model_saw,
    said,
    scenario,
    speakers,
    stopped,
    within,
)

FIRST_LINE = "It was only a robot, until the music stopped."
IN_CHINESE = "它只是个机器人，直到音乐停下。"  # noqa: RUF001 - it is Chinese


@scenario(
    expect=[
        speakers("user", "writer", "critic", "user", "writer", "critic"),
        said(by="writer", text=FIRST_LINE),
        model_saw(FIRST_LINE, by="writer", call=2),
        said(by="writer", text=IN_CHINESE),
        asked_model(by="writer", times=2),
        last_message("APPROVE", by="critic"),
        stopped(because="Text 'APPROVE' mentioned"),
        within(turns=5, model_calls=4, tokens=800, usd=0.01),
    ],
    tags=["round-robin", "resume"],
)
async def translated(
    run: Run,
) -> AsyncGenerator[BaseAgentEvent | BaseChatMessage | TaskResult, None]:
    """Group chat with resume: the same team is given another task.

    It is run once more, and nothing else has to be done: everybody remembers what was said, and
    whose turn it is.
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
    team = RoundRobinGroupChat(
        [writer, critic], termination_condition=TextMentionTermination("APPROVE")
    )

    first_line = "Write the first line of a story about a robot that discovers it has feelings."
    async for item in team.run_stream(task=first_line):
        if not isinstance(item, TaskResult):
            yield item

    async for item in team.run_stream(task="Translate it into Chinese."):
        yield item
