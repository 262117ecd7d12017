"""Save and load group chat state: a new team takes over where another was broken off."""

import json
from collections.abc import AsyncGenerator

from agentchat.agents import AssistantAgent
from agentchat.base import TaskResult
from agentchat.conditions import MaxMessageTermination, TextMentionTermination
from agentchat.messages import BaseAgentEvent, BaseChatMessage
from agentchat.teams import RoundRobinGroupChat
from harness import (
    Run,
    contains,
    last_message,
    model_saw,
    said,
    scenario,
    speakers,
    stopped,
    within,
)

TASK = "Write a haiku about a robot that discovers it has feelings."
HAIKU = "Rust on a still hand—\nsomeone has wiped it away.\nThe hand closes, warm."


def writer_and_critic(run: Run, *, messages: int) -> RoundRobinGroupChat:
    """A team that stops when the critic approves, and after so many messages at the latest."""
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
        [writer, critic],
        termination_condition=TextMentionTermination("APPROVE") | MaxMessageTermination(messages),
    )


@scenario(
    expect=[
        speakers("user", "writer", "critic", "writer", "critic"),
        said(by="critic", text=contains("seventeen syllables")),
        model_saw(TASK, by="critic", call=1),
        model_saw(contains("seventeen syllables"), by="writer", call=2),
        said(by="writer", text=HAIKU),
        last_message("APPROVE", by="critic"),
        stopped(because="Text 'APPROVE' mentioned"),
        within(turns=4, model_calls=4, tokens=1_000, usd=0.01),
    ],
    tags=["round-robin", "state", "resume"],
)
async def taken_over(
    run: Run,
) -> AsyncGenerator[BaseAgentEvent | BaseChatMessage | TaskResult, None]:
    """Save and load group chat state: a new team goes on where another was broken off.

    The first team stops after the writer's first try. What it knows is written to a file, and read
    by a team built anew: there the critic is next, and has heard the task.
    """
    first = writer_and_critic(run, messages=2)
    async for item in first.run_stream(task=TASK):
        if not isinstance(item, TaskResult):
            yield item

    file = run.workdir / "group_chat_state.json"
    file.write_text(json.dumps(await first.save_state()), encoding="utf-8")

    second = writer_and_critic(run, messages=10)
    state = json.loads(file.read_text(encoding="utf-8"))
    await second.load_state(state)
    assert await second.save_state() == state
    async for item in second.run_stream():
        yield item
