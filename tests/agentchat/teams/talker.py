"""Talker: the plainest participant of a team."""

from collections.abc import Sequence

from agentchat.agents import BaseChatAgent
from agentchat.base import Response
from agentchat.core import CancellationToken
from agentchat.messages import BaseChatMessage, TextMessage


class Talker(BaseChatAgent):
    """Says its name; subclasses say more."""

    def __init__(self, name: str, description: str = "Talks.") -> None:
        super().__init__(name, description)

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return (TextMessage,)

    def says(self, messages: Sequence[BaseChatMessage]) -> str:
        return self.name

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        return Response(chat_message=TextMessage(content=self.says(messages), source=self.name))

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        pass
