"""Incoming messages on their way into a model context."""

from collections.abc import Sequence

from agentchat.core.model_context import ChatCompletionContext
from agentchat.messages import BaseChatMessage, HandoffMessage


class Inbox:
    """Puts messages into a context, each of them once.

    A turn that fails leaves its messages in the context. When it is repeated, the same messages
    come again, and are passed over until one turn has answered them.
    """

    def __init__(self, context: ChatCompletionContext) -> None:
        self._context = context
        self.unanswered: list[str] = []
        """Ids of the messages that are in the context, and that no turn has answered yet."""

    async def take(self, messages: Sequence[BaseChatMessage]) -> None:
        """Adds the messages; before a handoff, what it says the agent should know."""
        for message in messages:
            if message.id in self.unanswered:
                continue
            self.unanswered.append(message.id)
            if isinstance(message, HandoffMessage):
                for known in message.context:
                    await self._context.add_message(known)
            await self._context.add_message(message.to_model_message())

    def answered(self) -> None:
        """Is told that the turn has succeeded, or that the context begins anew."""
        self.unanswered.clear()
