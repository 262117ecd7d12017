"""An agent's state is saved to a file and loaded: the chat goes on from there."""

import json
from collections.abc import AsyncGenerator

from agentchat.agents import AssistantAgent
from agentchat.base import TaskResult
from agentchat.messages import BaseAgentEvent, BaseChatMessage
from harness import (
    Run,
    Trace,
    contains,
    last_message,
    model_saw,
    not_,
    said,
    scenario,
    speakers,
    within,
)

Messages = AsyncGenerator[BaseAgentEvent | BaseChatMessage, None]

FIRST_JOKE = "Why did the agent cross the road? Its plan said so."
SECOND_JOKE = "I would tell you a joke about state, but you have loaded it already."


async def talk(assistant: AssistantAgent, text: str) -> Messages:
    """The user's words, and what the assistant says to them."""
    async for item in assistant.run_stream(task=text):
        if not isinstance(item, TaskResult):
            yield item


def same_prompt_twice(trace: Trace) -> bool | str:
    """Both jokes are asked for with the very same prompt."""
    _, first, second = (call.usage.prompt_tokens for call in trace.model_calls())
    return first == second or f"prompts of {first} and {second} tokens"


@scenario(
    expect=[
        speakers("user", "assistant", "user", "assistant", "user", "assistant"),
        said(by="assistant", text=FIRST_JOKE),
        model_saw(contains("Tell me a joke."), by="assistant", call=3),
        not_(model_saw(contains(FIRST_JOKE))),
        same_prompt_twice,
        last_message(SECOND_JOKE, by="assistant"),
        within(turns=3, model_calls=3, tokens=500, usd=0.01),
    ],
    tags=["assistant", "state"],
)
async def joke_told_again(run: Run) -> Messages:
    """Save and load agent state: after a joke, back to the time before it.

    The state is written to a file and read again. The agent then knows nothing of the first joke
    and is asked for one anew.
    """
    assistant = AssistantAgent(
        name="assistant",
        system_message="You are a helpful assistant.",
        model_client=run.model("gpt-4o", seed=42, temperature=0),
    )

    async for message in talk(assistant, "Hello!"):
        yield message

    file = run.workdir / "assistant_state.json"
    file.write_text(json.dumps(await assistant.save_state()), encoding="utf-8")

    async for message in talk(assistant, "Tell me a joke."):
        yield message

    state = json.loads(file.read_text(encoding="utf-8"))
    await assistant.load_state(state)
    assert await assistant.save_state() == state

    async for message in talk(assistant, "Tell me a joke."):
        yield message
