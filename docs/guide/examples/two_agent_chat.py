"""Two-agent chat: one agent writes Python, the other runs it.

The code runs on this machine, and nobody looks at it before; the executor warns of that.

Offline, in two terminals:

    harness serve --script scenarios/guide/two_agent_chat.script.yaml

    export OPENAI_BASE_URL=http://127.0.0.1:8808/v1 OPENAI_API_KEY=none
    python docs/guide/examples/two_agent_chat.py
"""

import asyncio
import tempfile

from agentchat.agents import AssistantAgent, CodeExecutorAgent
from agentchat.conditions import MaxMessageTermination, TextMentionTermination
from agentchat.ext.code_executors.local import LocalCommandLineCodeExecutor
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from agentchat.teams import RoundRobinGroupChat
from agentchat.ui import Console


async def main() -> None:
    """Has a script written and run, until the writer is content."""
    client = OpenAIChatCompletionClient(model="gpt-4o", seed=42, temperature=0)
    assistant = AssistantAgent(
        name="assistant",
        system_message=(
            "You are a helpful assistant. Write all code in python. "
            "Reply only 'TERMINATE' if the task is done."
        ),
        model_client=client,
    )
    with tempfile.TemporaryDirectory() as folder:
        code_executor = CodeExecutorAgent(
            name="code_executor",
            code_executor=LocalCommandLineCodeExecutor(work_dir=folder),
        )

        # Whichever comes first.
        termination = TextMentionTermination("TERMINATE") | MaxMessageTermination(10)
        team = RoundRobinGroupChat([assistant, code_executor], termination_condition=termination)

        await Console(team.run_stream(task="Write a python script to print 'Hello, world!'"))

    await client.close()


if __name__ == "__main__":
    asyncio.run(main())
