"""An assistant agent: a model client, a name and a system message."""

from collections.abc import AsyncGenerator

from agentchat.agents import AssistantAgent
from agentchat.core import CancellationToken
from agentchat.messages import BaseChatMessage, TextMessage
from harness import Run, asked_model, contains, last_message, no_errors, scenario, speakers, within


def helpful_assistant(run: Run) -> AssistantAgent:
    return AssistantAgent(
        name="assistant",
        system_message="You are a helpful assistant.",
        model_client=run.model("gpt-4o", seed=42, temperature=0),
    )


@scenario(
    task="Name three primary colours.",
    expect=[
        speakers("user", "assistant"),
        last_message(contains("red", "yellow", "blue"), by="assistant"),
        asked_model(by="assistant", times=1),
        within(turns=1, tokens=200, usd=0.01),
        no_errors(),
    ],
    tags=["assistant"],
)
def primary_colours(run: Run) -> AssistantAgent:
    """Assistant agent: it is given a task, and answers.

    It consists of a model client, a name and a system message.
    """
    return helpful_assistant(run)


@scenario(
    task="Hello!",
    expect=[
        speakers("user", "assistant"),
        last_message("Hello! How can I help you today?", by="assistant"),
        asked_model(by="assistant", times=1),
        within(turns=1, tokens=200, usd=0.01),
    ],
    tags=["assistant"],
)
async def on_messages(run: Run) -> AsyncGenerator[BaseChatMessage, None]:
    """Assistant agent: it is handed messages directly, and a token.

    No task is run: the agent is called as a team would call it. The token could cancel the answer.
    """
    assistant = helpful_assistant(run)
    greeting = TextMessage(content=run.task, source="user")
    yield greeting
    response = await assistant.on_messages([greeting], CancellationToken())
    yield response.chat_message
