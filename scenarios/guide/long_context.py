"""Long context handling: the model is shown the end of a long conversation."""

from collections.abc import AsyncGenerator

from agentchat.agents import AssistantAgent
from agentchat.core import CancellationToken
from agentchat.core.model_context import BufferedChatCompletionContext
from agentchat.messages import BaseChatMessage, TextMessage
from harness import Run, contains, last_message, model_saw, not_, said, scenario, speakers, within

CHAT = (
    "Hello, my name is Mia.",
    "Which is the largest ocean?",
    "And the deepest lake?",
    "And the longest river?",
    "And the highest waterfall?",
    "Thank you! Do you still know my name?",
)


@scenario(
    expect=[
        speakers(*("user", "assistant") * len(CHAT)),
        model_saw(contains("Mia"), by="assistant", call=5),
        said(by="assistant", text=contains("Angel Falls")),
        not_(model_saw(contains("Mia"), by="assistant", call=6)),
        model_saw("Hello! What would you like to know?", by="assistant", call=6),
        last_message(contains("I can't see it any more"), by="assistant"),
        within(turns=11, model_calls=6, tokens=1_000, usd=0.01),
    ],
    tags=["assistant", "context"],
)
async def last_ten_messages(run: Run) -> AsyncGenerator[BaseChatMessage, None]:
    """Long context handling: the model is shown the last ten messages, and no more.

    The eleventh message asks for what was said in the first, which the model does not see then.
    The first answer it still sees.
    """
    assistant = AssistantAgent(
        name="assistant",
        system_message="You are a helpful assistant.",
        model_client=run.model("gpt-4o", seed=42, temperature=0),
        model_context=BufferedChatCompletionContext(buffer_size=10),
    )

    for text in CHAT:
        message = TextMessage(content=text, source="user")
        yield message
        response = await assistant.on_messages([message], CancellationToken())
        yield response.chat_message
