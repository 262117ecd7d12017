"""ClosureAgent: a function that takes part as an agent."""

import inspect
import warnings
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal, Protocol, runtime_checkable

from agentchat.core._agent import BaseAgent, Subscriptions, add_known_serializers, made_for
from agentchat.core._cancellation import CancellationToken
from agentchat.core._context import AgentInstantiationContext, MessageContext
from agentchat.core._ids import AgentId, AgentType, TopicId
from agentchat.core._message_types import AnyType, handler_types
from agentchat.core._runtime import AgentRuntime
from agentchat.core.exceptions import CantHandleException

UnknownTypePolicy = Literal["error", "warn", "ignore"]
"""What to do with a message of another class: raise, warn and drop it, or call all the same."""


@runtime_checkable
class ClosureContext(Protocol):
    """What a closure may do as an agent."""

    @property
    def id(self) -> AgentId:
        """The agent's name."""

    async def send_message(
        self,
        message: Any,
        recipient: AgentId,
        *,
        cancellation_token: CancellationToken | None = None,
        message_id: str | None = None,
    ) -> Any:
        """The recipient's answer to a message."""

    async def publish_message(
        self,
        message: Any,
        topic_id: TopicId,
        *,
        cancellation_token: CancellationToken | None = None,
    ) -> None:
        """Tells all others who hear the topic."""


Closure = Callable[[ClosureContext, Any, MessageContext], Awaitable[Any]]
"""Takes what it may do, the message, and the message's circumstances; returns the answer."""


class ClosureAgent(BaseAgent, ClosureContext):
    """Gives each message to one function; good for collecting what others publish.

    Args:
        description: What it does, for others to choose it.
        closure: Three parameters, of which `message` and the return are annotated.
        unknown_type_policy: For messages of a class that the annotation does not name.

    Raises:
        AssertionError: The closure has other parameters, or lacks an annotation.
        RuntimeError: No runtime's factory is running.
    """

    def __init__(
        self,
        description: str,
        closure: Closure,
        *,
        unknown_type_policy: UnknownTypePolicy = "warn",
    ) -> None:
        if not AgentInstantiationContext.is_in_factory_call():
            raise RuntimeError(
                "ClosureAgent must be instantiated within the context of an AgentRuntime. "
                "It cannot be directly instantiated."
            )
        super().__init__(description)
        self._closure = closure
        self._targets = tuple(_closure_types(closure))
        self._unknown_type_policy = unknown_type_policy

    async def on_message_impl(self, message: Any, ctx: MessageContext) -> Any:
        """The closure's answer."""
        if type(message) not in self._targets and AnyType not in self._targets:
            complaint = (
                f"Message type {type(message)} not in target types {self._targets} of {self.id}. "
                "Set unknown_type_policy to "
            )
            if self._unknown_type_policy == "error":
                raise CantHandleException(
                    f"{complaint}'warn' to suppress this exception, "
                    "or 'ignore' to suppress this warning."
                )
            if self._unknown_type_policy == "warn":
                warnings.warn(
                    f"{complaint}'error' to raise an exception, "
                    "or 'ignore' to suppress this warning.",
                    stacklevel=1,
                )
                return None
        return await self._closure(self, message, ctx)

    async def save_state(self) -> Mapping[str, Any]:
        """Nothing: what the closure keeps is its own business."""
        return {}

    async def load_state(self, state: Mapping[str, Any]) -> None:
        """Does nothing."""

    @classmethod
    async def register_closure(  # noqa: PLR0913 - upstream's parameters
        cls,
        runtime: AgentRuntime,
        type: str,  # noqa: A002 - upstream's name
        closure: Closure,
        *,
        unknown_type_policy: UnknownTypePolicy = "warn",
        skip_direct_message_subscription: bool = False,
        description: str = "",
        subscriptions: Subscriptions | None = None,
    ) -> AgentType:
        """Names a function as an agent of a runtime.

        Args:
            runtime: Where it shall live.
            type: Its name; by default it also hears topics whose type begins with it and a colon.
            closure: Three parameters, of which `message` and the return are annotated.
            unknown_type_policy: For messages of a class that the annotation does not name.
            skip_direct_message_subscription: Leave out the topics that begin with the name.
            description: What it does, for others to choose it.
            subscriptions: Makes what else it hears.

        Raises:
            AssertionError: The closure has other parameters, or lacks an annotation.
            ValueError: The type is taken.
        """
        handled = _closure_types(closure)
        agent_type = await cls.register(
            runtime,
            type,
            lambda: cls(description, closure, unknown_type_policy=unknown_type_policy),
            skip_class_subscriptions=True,
            skip_direct_message_subscription=skip_direct_message_subscription,
        )
        for subscription in await made_for(agent_type, [subscriptions] if subscriptions else []):
            await runtime.add_subscription(subscription)
        add_known_serializers(runtime, handled)
        return agent_type


def _closure_types(closure: Closure) -> list[type]:
    """The classes of message that a closure takes, once it has been checked."""
    if len(inspect.signature(closure).parameters) != 3:
        raise AssertionError("Closure must have 3 arguments: context, message, message context")
    return handler_types(closure).targets
