"""Group chat: a writer and a critic take turns until the critic approves.

Offline, in two terminals:

    harness serve --script docs/guide/examples/script.yaml --scenario group_chat

    export OPENAI_BASE_URL=http://127.0.0.1:8808/v1 OPENAI_API_KEY=none
    python docs/guide/examples/group_chat.py
"""

import asyncio

from agentchat.agents import AssistantAgent
from agentchat.conditions import TextMentionTermination
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from agentchat.teams import RoundRobinGroupChat
from agentchat.ui import Console


async def main() -> None:
    """Has a story written, and shows the messages as they come."""
    client = OpenAIChatCompletionClient(model="gpt-4o", seed=42, temperature=0)
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
    termination = TextMentionTermination("APPROVE")
    team = RoundRobinGroupChat([writer, critic], termination_condition=termination, max_turns=12)

    stream = team.run_stream(
        task="Write a short story about a robot that discovers it has feelings."
    )
    await Console(stream)

    await client.close()


if __name__ == "__main__":
    asyncio.run(main())
