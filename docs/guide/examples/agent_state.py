"""An agent's state, written to a file and read again: the chat goes on from where it was saved.

Offline, in two terminals:

    harness serve --script docs/guide/examples/script.yaml --scenario agent_state

    export OPENAI_BASE_URL=http://127.0.0.1:8808/v1 OPENAI_API_KEY=none
    python docs/guide/examples/agent_state.py
"""

import asyncio
import json
import tempfile
from pathlib import Path

from agentchat.agents import AssistantAgent
from agentchat.core import CancellationToken
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from agentchat.messages import TextMessage


async def answer_of(assistant: AssistantAgent, text: str) -> str:
    """What the assistant says to a text."""
    message = TextMessage(content=text, source="user")
    response = await assistant.on_messages([message], CancellationToken())
    return response.chat_message.to_text()


async def main() -> None:
    """Asks for a joke, goes back to before it, and asks again."""
    client = OpenAIChatCompletionClient(model="gpt-4o", seed=42, temperature=0)
    assistant = AssistantAgent(
        name="assistant",
        system_message="You are a helpful assistant.",
        model_client=client,
    )
    print(await answer_of(assistant, "Hello!"))

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "assistant_state.json"
        file.write_text(json.dumps(await assistant.save_state()), encoding="utf-8")

        print(await answer_of(assistant, "Tell me a joke."))

        state = json.loads(file.read_text(encoding="utf-8"))
    for message in state["llm_context"]["messages"]:
        print(f"saved: {message['content']}")
    await assistant.load_state(state)

    print(await answer_of(assistant, "Tell me a joke."))  # The first joke was never told.

    await client.close()


if __name__ == "__main__":
    asyncio.run(main())
