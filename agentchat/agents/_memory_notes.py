"""What memories say in one turn, kept apart from the conversation."""

from collections.abc import AsyncGenerator, Sequence
from typing import Self

from agentchat.core.memory import Memory
from agentchat.core.model_context import ChatCompletionContext
from agentchat.core.models import LLMMessage, ModelInfo, SystemMessage
from agentchat.messages import MemoryQueryEvent


class NotePad(ChatCompletionContext):
    """What memories see of an agent's context: all of it, and what they add is a note.

    Notes are read in the turn they are made in, and then forgotten; were they kept, the same facts
    would pile up in the conversation turn by turn.
    """

    def __init__(self, context: ChatCompletionContext, conversation: Sequence[LLMMessage]) -> None:
        super().__init__()
        self._context = context
        self._last = conversation[-1] if conversation else None
        self._notes: list[LLMMessage] = []

    @classmethod
    async def on(cls, context: ChatCompletionContext) -> Self:
        """A pad whose notes stand behind what the context holds now."""
        return cls(context, await context.get_messages())

    async def add_message(self, message: LLMMessage) -> None:
        """Makes a note."""
        self._notes.append(message)

    async def get_messages(self) -> list[LLMMessage]:
        """The conversation, and the notes made so far."""
        return [*await self._context.get_messages(), *self._notes]

    async def clear(self) -> None:
        """Forgets the conversation as well as the notes."""
        self._notes.clear()
        await self._context.clear()

    def placed_in(
        self, conversation: Sequence[LLMMessage], model_info: ModelInfo
    ) -> list[LLMMessage]:
        """The conversation as the model is to read it, with the notes where they were made."""
        position = _position_behind(self._last, conversation)
        read = [*conversation[:position], *self._notes, *conversation[position:]]
        if model_info.get("multiple_system_messages"):
            return read
        # Such a model refuses system messages that do not stand together.
        return sorted(read, key=lambda message: not isinstance(message, SystemMessage))


async def consult(
    memories: Sequence[Memory], pad: NotePad, source: str
) -> AsyncGenerator[MemoryQueryEvent, None]:
    """Has each memory make its notes, and yields what was remembered."""
    for memory in memories:
        update = await memory.update_context(pad)
        if update.memories.results:
            yield MemoryQueryEvent(content=update.memories.results, source=source)


def _position_behind(message: LLMMessage | None, conversation: Sequence[LLMMessage]) -> int:
    """0 when the context no longer shows the message."""
    places = (place for place, each in enumerate(conversation, 1) if each is message)
    return max(places, default=0)
