"""Handlers that see every message before it is delivered, and may change or drop it."""

import warnings
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, final, runtime_checkable

from agentchat.core._context import MessageContext
from agentchat.core._ids import AgentId


@final
class DropMessage:
    """What a handler returns, the class or an instance, to drop the message."""


@runtime_checkable
class InterventionHandler(Protocol):
    """Sees each message on its way; what it returns travels on in the message's place.

    An exception goes to the sender; with `on_publish` there is nobody to tell, and it is logged.
    """

    async def on_send(
        self, message: Any, *, message_context: MessageContext, recipient: AgentId
    ) -> Any | type[DropMessage]:
        """A direct message; when it is dropped, its sender gets `MessageDroppedException`."""

    async def on_publish(
        self, message: Any, *, message_context: MessageContext
    ) -> Any | type[DropMessage]:
        """A published message; when it is dropped, nobody hears it."""

    async def on_response(
        self, message: Any, *, sender: AgentId, recipient: AgentId | None
    ) -> Any | type[DropMessage]:
        """The answer to a direct message; dropping it is told to whom it was meant for."""


class DefaultInterventionHandler(InterventionHandler):
    """Lets every message pass; override what you want to see."""

    async def on_send(
        self, message: Any, *, message_context: MessageContext, recipient: AgentId
    ) -> Any | type[DropMessage]:
        return message

    async def on_publish(
        self, message: Any, *, message_context: MessageContext
    ) -> Any | type[DropMessage]:
        return message

    async def on_response(
        self, message: Any, *, sender: AgentId, recipient: AgentId | None
    ) -> Any | type[DropMessage]:
        return message


Intervene = Callable[[InterventionHandler, Any], Awaitable[Any]]
"""Asks one handler about a message."""


async def intervene(
    handlers: Sequence[InterventionHandler], hook: str, message: Any, ask: Intervene
) -> Any | type[DropMessage]:
    """What is left of a message when all handlers have seen it, each what the one before returned.

    Nobody sees a message any more that has been dropped; the answer is then `DropMessage`.

    Args:
        handlers: In the order they are asked.
        hook: The method that is asked, for the warning when it returns None.
        message: What the first handler sees.
        ask: Calls the hook of one handler.
    """
    for handler in handlers:
        message = await ask(handler, message)
        if message is None:
            warnings.warn(
                f"Intervention handler {hook} returned None. This might be unintentional. "
                "Consider returning the original message or DropMessage explicitly.",
                RuntimeWarning,
                stacklevel=2,
            )
        if message is DropMessage or isinstance(message, DropMessage):
            return DropMessage
    return message
