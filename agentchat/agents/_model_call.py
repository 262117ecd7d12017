"""Asking a model on an agent's behalf."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from agentchat.agents._memory_notes import NotePad
from agentchat.core import CancellationToken
from agentchat.core._world import new_id
from agentchat.core.model_context import ChatCompletionContext
from agentchat.core.models import (
    AssistantMessage,
    ChatCompletionClient,
    CreateResult,
    LLMMessage,
    SystemMessage,
)
from agentchat.messages import ModelClientStreamingChunkEvent, ThoughtEvent
from agentchat.utils import remove_images

# How every client marks the pieces of reasoning in its stream.
_THINK_START, _THINK_END = "<think>", "</think>"

ReplyStream = AsyncGenerator[ModelClientStreamingChunkEvent | ThoughtEvent | CreateResult, None]
"""What comes from a model; the result is the last item."""


@dataclass(frozen=True, slots=True)
class Asker:
    """One agent's way to its model, for the length of a turn."""

    source: str
    """The agent's name."""

    client: ChatCompletionClient
    context: ChatCompletionContext
    """What the model has been told and has said."""

    system_messages: Sequence[SystemMessage]
    streams: bool
    """Whether the reply is to be yielded piece by piece too."""

    token: CancellationToken
    notes: NotePad | None = None
    """What memories add to the conversation in this turn."""

    output_type: type[BaseModel] | None = None
    """What the reply is to be the JSON of; None for plain text."""

    def ask(self, message_id: str, **arguments: Any) -> ReplyStream:
        """Has the model go on with the conversation.

        The reply is not remembered: that is for the caller, who knows what became of it.

        Args:
            message_id: Id of the message that will be made of the reply; its pieces carry it.
            arguments: Further arguments of the client's `create`.
        """
        arguments = {
            "json_output": self.output_type,
            "cancellation_token": self.token,
            **arguments,
        }
        return self._streamed(message_id, arguments) if self.streams else self._whole(arguments)

    async def remember(self, reply: CreateResult) -> None:
        """Adds a reply to what the model has said."""
        await self.context.add_message(
            AssistantMessage(content=reply.content, thought=reply.thought, source=self.source)
        )

    async def _whole(self, arguments: dict[str, Any]) -> ReplyStream:
        result = await self.client.create(await self._request(), **arguments)
        if result.thought:
            yield ThoughtEvent(content=result.thought, source=self.source)
        yield result

    async def _streamed(self, message_id: str, arguments: dict[str, Any]) -> ReplyStream:
        thought_id = new_id("message")
        is_thinking = False
        result: CreateResult | None = None
        async with aclosing(
            self.client.create_stream(await self._request(), **arguments)
        ) as stream:
            async for piece in stream:
                if isinstance(piece, CreateResult):
                    result = piece
                    continue
                if not isinstance(piece, str):
                    raise RuntimeError(f"Invalid chunk type: {type(piece)}")  # noqa: TRY004
                is_thinking = is_thinking or piece.startswith(_THINK_START)
                yield ModelClientStreamingChunkEvent(
                    content=piece,
                    source=self.source,
                    full_message_id=thought_id if is_thinking else message_id,
                    kind="reasoning" if is_thinking else "text",
                )
                is_thinking = is_thinking and not piece.endswith(_THINK_END)
        if result is None:
            raise RuntimeError("No final model result in streaming mode.")
        if result.thought:
            yield ThoughtEvent(id=thought_id, content=result.thought, source=self.source)
        yield result

    async def _request(self) -> list[LLMMessage]:
        model_info = self.client.model_info
        conversation = await self.context.get_messages()
        if self.notes is not None:
            conversation = self.notes.placed_in(conversation, model_info)
        messages = [*self.system_messages, *conversation]
        return messages if model_info["vision"] else remove_images(messages)


def text_of(reply: CreateResult) -> str:
    """What a model says that was given no tools.

    Raises:
        RuntimeError: It called some nevertheless.
    """
    if not isinstance(reply.content, str):
        raise RuntimeError(f"The model was given no tools, but called some: {reply.content}")  # noqa: TRY004
    return reply.content
