"""An agent of one's own, in the place of a registered reply function."""

from collections.abc import Sequence

from agentchat.agents import BaseChatAgent
from agentchat.base import Response
from agentchat.core import CancellationToken
from agentchat.messages import BaseChatMessage, TextMessage
from harness import Run, last_message, no_errors, scenario, speakers, within


class CustomAgent(BaseChatAgent):
    """Answers everything with the same words."""

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        return Response(chat_message=TextMessage(content="Custom reply", source=self.name))

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        pass

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return (TextMessage,)


@scenario(
    task="Hello!",
    expect=[
        speakers("user", "custom_agent"),
        last_message("Custom reply", by="custom_agent"),
        within(turns=1, model_calls=0),
        no_errors(),
    ],
    tags=["custom-agent", "no-model"],
)
def custom_reply(run: Run) -> CustomAgent:
    """Custom agent: three methods say what it answers, forgets and may produce.

    It takes the place of a reply function that is registered with an agent, and is used like any
    other agent. No model is asked.
    """
    return CustomAgent("custom_agent", description="Answers everything with the same words.")
