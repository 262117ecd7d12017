"""What lies in a runtime's queue: messages on their way, with all that belongs to them."""

import asyncio
from collections.abc import Awaitable
from contextvars import Context
from dataclasses import dataclass
from typing import Any, ClassVar

from agentchat.core._cancellation import CancellationToken
from agentchat.core._context import MessageContext
from agentchat.core._ids import AgentId, TopicId
from agentchat.core._intervention import InterventionHandler
from agentchat.core.logging import MessageKind


@dataclass(slots=True, eq=False)
class Direct:
    """A message to one agent, whose sender waits for the answer."""

    kind: ClassVar[MessageKind] = MessageKind.DIRECT
    hook: ClassVar[str] = "on_send"

    message: Any
    sender: AgentId | None
    receiver: AgentId
    reply: asyncio.Future[Any]
    """What the sender waits for."""

    cancellation_token: CancellationToken
    message_id: str
    context: Context
    """The sender's context variables, which the handler shall see."""

    origin: Any = None
    """The span under which it was sent; None when nobody traces."""

    def message_context(self) -> MessageContext:
        """What the receiver is told."""
        return MessageContext(self.sender, None, True, self.cancellation_token, self.message_id)

    def show(self, handler: InterventionHandler, message: Any) -> Awaitable[Any]:
        """Asks an intervention handler."""
        return handler.on_send(
            message, message_context=self.message_context(), recipient=self.receiver
        )

    def fail(self, error: BaseException) -> None:
        """Tells the sender that there is no answer, and why."""
        fail(self.reply, error)


@dataclass(slots=True, eq=False)
class Published:
    """A message to all who hear a topic."""

    kind: ClassVar[MessageKind] = MessageKind.PUBLISH
    hook: ClassVar[str] = "on_publish"

    message: Any
    sender: AgentId | None
    receiver: TopicId
    cancellation_token: CancellationToken
    message_id: str
    context: Context
    """The sender's context variables, which the handlers shall see."""

    origin: Any = None
    """The span under which it was published; None when nobody traces."""

    def message_context(self) -> MessageContext:
        """What each receiver is told."""
        return MessageContext(
            self.sender, self.receiver, False, self.cancellation_token, self.message_id
        )

    def show(self, handler: InterventionHandler, message: Any) -> Awaitable[Any]:
        """Asks an intervention handler."""
        return handler.on_publish(message, message_context=self.message_context())

    def fail(self, error: BaseException) -> None:
        """Does nothing: nobody waits."""


@dataclass(slots=True, eq=False)
class Answer:
    """What an agent returned for a direct message."""

    kind: ClassVar[MessageKind] = MessageKind.RESPOND
    hook: ClassVar[str] = "on_response"

    message: Any
    sender: AgentId
    receiver: AgentId | None
    reply: asyncio.Future[Any]
    """What the receiver waits for."""

    origin: Any = None
    """The span under which the question was sent; None when nobody traces."""

    def show(self, handler: InterventionHandler, message: Any) -> Awaitable[Any]:
        """Asks an intervention handler."""
        return handler.on_response(message, sender=self.sender, recipient=self.receiver)

    def fail(self, error: BaseException) -> None:
        """Tells the receiver that there is no answer, and why."""
        fail(self.reply, error)


Envelope = Direct | Published | Answer


def fail(reply: asyncio.Future[Any], error: BaseException) -> None:
    """Ends the waiting for a reply; whoever has given up is not told."""
    if reply.done():
        return
    if isinstance(error, asyncio.CancelledError):
        reply.cancel()
    else:
        reply.set_exception(error)
