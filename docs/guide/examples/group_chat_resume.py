"""Group chat with resume: a new team loads what another has saved, and goes on with it.

Offline, in two terminals:

    harness serve --script docs/guide/examples/script.yaml --scenario group_chat_resume

    export OPENAI_BASE_URL=http://127.0.0.1:8808/v1 OPENAI_API_KEY=none
    python docs/guide/examples/group_chat_resume.py
"""

import asyncio
import json
import tempfile
from pathlib import Path

from agentchat.agents import AssistantAgent
from agentchat.conditions import TextMentionTermination
from agentchat.core.models import ChatCompletionClient
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from agentchat.teams import RoundRobinGroupChat
from agentchat.ui import Console


def team_of(client: ChatCompletionClient) -> RoundRobinGroupChat:
    """A writer and a critic, who knows when it is done."""
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
        [writer, critic], termination_condition=TextMentionTermination("APPROVE")
    )


async def main() -> None:
    """Has a story written by one team, and translated by the next."""
    client = OpenAIChatCompletionClient(model="gpt-4o", seed=42, temperature=0)
    team = team_of(client)
    story = "Write a short story about a robot that discovers it has feelings."
    await Console(team.run_stream(task=story))

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "group_chat_state.json"
        file.write_text(json.dumps(await team.save_state()), encoding="utf-8")

        team = team_of(client)
        await team.load_state(json.loads(file.read_text(encoding="utf-8")))
    await Console(team.run_stream(task="Translate the story into Chinese."))

    await client.close()


if __name__ == "__main__":
    asyncio.run(main())
