"""Agents: who receives messages, answers them, and speaks through a runtime."""

import warnings
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from inspect import isawaitable
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Protocol,
    Self,
    final,
    runtime_checkable,
)

from agentchat.core._cancellation import CancellationToken
from agentchat.core._context import (
    AgentInstantiationContext,
    MessageContext,
    SubscriptionInstantiationContext,
)
from agentchat.core._ids import AgentId, AgentMetadata, AgentType, TopicId
from agentchat.core._serialization import try_get_known_serializers_for_type
from agentchat.core._subscription import (
    Subscription,
    TypePrefixSubscription,
    TypeSubscription,
)

if TYPE_CHECKING:
    from agentchat.core._runtime import AgentRuntime

Subscriptions = Callable[[], list[Subscription] | Awaitable[list[Subscription]]]
"""Makes the subscriptions of a class when it is registered under a type."""

MessageClass = type[Any]
"""A class of message; named here, because agents have a `type` of their own."""


@runtime_checkable
class Agent(Protocol):
    """Whoever can be sent a message."""

    @property
    def metadata(self) -> AgentMetadata:
        """What may be told about it."""

    @property
    def id(self) -> AgentId:
        """Its name in the runtime."""

    async def bind_id_and_runtime(self, id: AgentId, runtime: "AgentRuntime") -> None:  # noqa: A002
        """Gives it a name and a runtime, for good."""

    async def on_message(self, message: Any, ctx: MessageContext) -> Any:
        """Its answer to a message."""

    async def save_state(self) -> Mapping[str, Any]:
        """What it must remember, as JSON."""

    async def load_state(self, state: Mapping[str, Any]) -> None:
        """Lets it remember what `save_state` gave."""

    async def close(self) -> None:
        """Gives back what it holds; called when the runtime closes."""


class BaseAgent(ABC, Agent):
    """An agent that lives in a runtime; subclasses say what it does with a message.

    One that a runtime's factory makes knows its id and runtime at once; one made by hand must be
    registered (`register_instance`) before it can speak.

    Args:
        description: What it does, for others to choose it.

    Raises:
        ValueError: The description is no text.
    """

    _class_subscriptions: ClassVar[list[Subscriptions]] = []
    """Subscriptions that come with the class; a subclass begins with none."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._class_subscriptions = []

    def __init__(self, description: str) -> None:
        if not isinstance(description, str):
            raise ValueError("Agent description must be a string")  # noqa: TRY004 - upstream's class
        self._description = description
        if AgentInstantiationContext.is_in_factory_call():
            self._runtime = AgentInstantiationContext.current_runtime()
            self._id = AgentInstantiationContext.current_agent_id()

    async def bind_id_and_runtime(self, id: AgentId, runtime: "AgentRuntime") -> None:  # noqa: A002
        """Gives the agent its id and runtime.

        Raises:
            RuntimeError: It has others already.
        """
        if getattr(self, "_id", id) != id:
            raise RuntimeError("Agent is already bound to a different ID")
        if getattr(self, "_runtime", runtime) is not runtime:
            raise RuntimeError("Agent is already bound to a different runtime")
        self._id = id
        self._runtime = runtime

    @property
    def metadata(self) -> AgentMetadata:
        return AgentMetadata(key=self.id.key, type=self.id.type, description=self._description)

    @property
    def type(self) -> str:
        """The type under which it is registered."""
        return self.id.type

    @property
    def id(self) -> AgentId:
        """Its name in the runtime; an AttributeError before it has one."""
        self._check_bound()
        return self._id

    @property
    def runtime(self) -> "AgentRuntime":
        """Where it lives; an AttributeError before it lives anywhere."""
        self._check_bound()
        return self._runtime

    def _check_bound(self) -> None:
        if not hasattr(self, "_id"):
            raise AttributeError(
                f"{self.__class__.__name__} is not bound to a runtime yet.\n"
                "  fix: make it in a factory given to `register`, or call `register_instance`"
            )

    @final
    def on_message(self, message: Any, ctx: MessageContext) -> Coroutine[Any, Any, Any]:
        """Its answer to a message; override `on_message_impl`."""
        # No coroutine of its own: it would be one more for each message.
        return self.on_message_impl(message, ctx)

    @abstractmethod
    async def on_message_impl(self, message: Any, ctx: MessageContext) -> Any:
        """Its answer to a message."""

    async def send_message(
        self,
        message: Any,
        recipient: AgentId,
        *,
        cancellation_token: CancellationToken | None = None,
        message_id: str | None = None,
    ) -> Any:
        """The recipient's answer to a message of this agent; see `AgentRuntime.send_message`."""
        return await self.runtime.send_message(
            message,
            recipient,
            sender=self.id,
            cancellation_token=cancellation_token,
            message_id=message_id,
        )

    async def publish_message(
        self,
        message: Any,
        topic_id: TopicId,
        *,
        cancellation_token: CancellationToken | None = None,
    ) -> None:
        """Tells all others who hear the topic; see `AgentRuntime.publish_message`."""
        await self.runtime.publish_message(
            message, topic_id, sender=self.id, cancellation_token=cancellation_token
        )

    async def save_state(self) -> Mapping[str, Any]:
        """What it must remember; nothing, with a warning, unless a subclass says more."""
        warnings.warn("save_state not implemented", stacklevel=2)
        return {}

    async def load_state(self, state: Mapping[str, Any]) -> None:
        """Lets it remember; does nothing, with a warning, unless a subclass does more."""
        warnings.warn("load_state not implemented", stacklevel=2)

    async def close(self) -> None:
        """Gives back what it holds; nothing by default."""

    @classmethod
    async def register(
        cls,
        runtime: "AgentRuntime",
        type: str,  # noqa: A002 - upstream's name
        factory: Callable[[], Self | Awaitable[Self]],
        *,
        skip_class_subscriptions: bool = False,
        skip_direct_message_subscription: bool = False,
    ) -> AgentType:
        """Names a factory of such agents in a runtime, together with what they hear.

        Args:
            runtime: Where they shall live.
            type: The name; by default they also hear topics whose type begins with it and a colon.
            factory: Makes one agent, whenever a new key is spoken to.
            skip_class_subscriptions: Leave out what the class itself subscribes to.
            skip_direct_message_subscription: Leave out the topics that begin with the name.

        Raises:
            ValueError: The type is taken.
        """
        agent_type = await runtime.register_factory(type, factory, expected_class=cls)
        if not skip_class_subscriptions:
            for subscription in await made_for(agent_type, cls._class_subscriptions):
                await runtime.add_subscription(subscription)
        if not skip_direct_message_subscription:
            await runtime.add_subscription(_direct_messages(agent_type.type))
        add_known_serializers(runtime, cls._handled_types())
        return agent_type

    async def register_instance(
        self,
        runtime: "AgentRuntime",
        agent_id: AgentId,
        *,
        skip_class_subscriptions: bool = True,
        skip_direct_message_subscription: bool = False,
    ) -> AgentId:
        """Lets this very agent live in a runtime; it hears topics of the type that is its key.

        Args:
            runtime: Where it shall live.
            agent_id: Its name there.
            skip_class_subscriptions: Leave out what the class itself subscribes to.
            skip_direct_message_subscription: Leave out topics that begin with the type and a colon.

        Raises:
            ValueError: The id is taken, or its type belongs to a factory or to another class.
        """
        agent_id = await runtime.register_agent_instance(agent_instance=self, agent_id=agent_id)
        own = TypeSubscription(topic_type=agent_id.key, agent_type=agent_id.type)
        await runtime.add_subscription(own)
        if not skip_class_subscriptions:
            agent_type = AgentType(agent_id.type)
            for subscription in await made_for(agent_type, self._class_subscriptions):
                await runtime.add_subscription(subscription)
        if not skip_direct_message_subscription:
            with suppress(ValueError):  # Another instance of the type has it already.
                await runtime.add_subscription(_direct_messages(agent_id.type))
        add_known_serializers(runtime, self._handled_types())
        return agent_id

    @classmethod
    def _handled_types(cls) -> Sequence[MessageClass]:
        """The classes of message it has a use for, as far as it says so."""
        return ()


async def made_for(agent_type: AgentType, makers: Sequence[Subscriptions]) -> list[Subscription]:
    """The subscriptions of a type that is being registered."""
    found: list[Subscription] = []
    with SubscriptionInstantiationContext.populate_context(agent_type):
        for make in makers:
            made = make()
            found.extend(await made if isawaitable(made) else made)
    return found


def add_known_serializers(runtime: "AgentRuntime", handled_types: Sequence[MessageClass]) -> None:
    """Tells a runtime how messages are written, where the class alone says so.

    Other classes are left out: within a process nobody needs to write them.
    """
    for handled in handled_types:
        with suppress(ValueError):
            runtime.add_message_serializer(try_get_known_serializers_for_type(handled))


def _direct_messages(agent_type: str) -> TypePrefixSubscription:
    # The colon keeps agent types apart that begin alike.
    return TypePrefixSubscription(topic_type_prefix=f"{agent_type}:", agent_type=agent_type)
