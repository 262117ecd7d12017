"""An agent of one's own: three methods say what it answers, forgets, and may produce.

No model is asked, so no key is needed:

    python docs/guide/examples/custom_agent.py
"""

import asyncio
from collections.abc import Sequence

from agentchat.agents import BaseChatAgent
from agentchat.base import Response
from agentchat.core import CancellationToken
from agentchat.messages import BaseChatMessage, TextMessage


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


async def main() -> None:
    """Uses it like any other agent."""
    agent = CustomAgent("custom_agent", description="Answers everything with the same words.")

    result = await agent.run(task="Hello!")
    for message in result.messages:
        print(f"{message.source}: {message.to_text()}")


if __name__ == "__main__":
    asyncio.run(main())
