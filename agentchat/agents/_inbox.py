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
        self._unanswered: set[str] = set()

    async def take(self, messages: Sequence[BaseChatMessage]) -> None:
        """Adds the messages; before a handoff, what it says the agent should know."""
        for message in messages:
            if message.id in self._unanswered:
                continue
            self._unanswered.add(message.id)
            if isinstance(message, HandoffMessage):
                for known in message.context:
                    await self._context.add_message(known)
            await self._context.add_message(message.to_model_message())

    def answered(self) -> None:
        """Is told that the turn has succeeded, or that the context begins anew."""
        self._unanswered.clear()
