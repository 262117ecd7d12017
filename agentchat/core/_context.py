"""Where the running code stands: in a factory, in a registration, in a message handler.

The three holders are never constructed; the runtime opens them around a call, and code below that
call reads them.
"""

from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from agentchat.core._cancellation import CancellationToken
from agentchat.core._ids import AgentId, AgentType, TopicId

if TYPE_CHECKING:
    from agentchat.core._runtime import AgentRuntime

T = TypeVar("T")


@dataclass
class MessageContext:
    """What a handler is told beside the message itself."""

    sender: AgentId | None
    """None when the message came from outside any agent."""

    topic_id: TopicId | None
    """The topic it was published to; None for a direct message."""

    is_rpc: bool
    """Whether the sender waits for an answer."""

    cancellation_token: CancellationToken
    """Cancelled when the sender gives up."""

    message_id: str
    """The same for all receivers of one publication."""


class _Populated(Generic[T]):
    """Holds a value in a context variable for the length of a block."""

    __slots__ = ("_token", "_value", "_variable")

    def __init__(self, variable: ContextVar[T], value: T) -> None:
        self._variable = variable
        self._value = value

    def __enter__(self) -> None:
        self._token: Token[T] = self._variable.set(self._value)

    def __exit__(self, *_: object) -> None:
        self._variable.reset(self._token)


class AgentInstantiationContext:
    """Tells a factory, and the agent it constructs, for which id and runtime it works."""

    _current: ClassVar[ContextVar[tuple["AgentRuntime", AgentId]]] = ContextVar(
        "agent_instantiation"
    )

    def __init__(self) -> None:
        raise _is_static("AgentInstantiationContext", "agent instantiation")

    @classmethod
    def populate_context(cls, ctx: tuple["AgentRuntime", AgentId]) -> _Populated[Any]:
        """A block in which agents are constructed for this runtime and id."""
        return _Populated(cls._current, ctx)

    @classmethod
    def is_in_factory_call(cls) -> bool:
        """Whether a runtime is running a factory right now."""
        return cls._current.get(None) is not None

    @classmethod
    def current_runtime(cls) -> "AgentRuntime":
        """The runtime that asked for the agent.

        Raises:
            RuntimeError: No factory is running.
        """
        return cls._read("AgentInstantiationContext.runtime()")[0]

    @classmethod
    def current_agent_id(cls) -> AgentId:
        """The id that the agent shall have.

        Raises:
            RuntimeError: No factory is running.
        """
        return cls._read("AgentInstantiationContext.agent_id()")[1]

    @classmethod
    def _read(cls, reader: str) -> tuple["AgentRuntime", AgentId]:
        current = cls._current.get(None)
        if current is None:
            raise _outside_instantiation(reader)
        return current


class SubscriptionInstantiationContext:
    """Tells the subscriptions of a class for which agent type they are made."""

    _current: ClassVar[ContextVar[AgentType]] = ContextVar("subscription_instantiation")

    def __init__(self) -> None:
        raise _is_static("SubscriptionInstantiationContext", "subscription instantiation")

    @classmethod
    def populate_context(cls, ctx: AgentType) -> _Populated[AgentType]:
        """A block in which subscriptions are made for this agent type."""
        return _Populated(cls._current, ctx)

    @classmethod
    def agent_type(cls) -> AgentType:
        """The type that is being registered.

        Raises:
            RuntimeError: No registration is going on.
        """
        current = cls._current.get(None)
        if current is None:
            raise _outside_instantiation("SubscriptionInstantiationContext.runtime()")
        return current


handling_agent: ContextVar[AgentId] = ContextVar("handling_agent")
"""What `MessageHandlerContext` reads; for code that enters many short blocks for one agent."""


class MessageHandlerContext:
    """Tells which agent's handler is running."""

    _current: ClassVar[ContextVar[AgentId]] = handling_agent

    def __init__(self) -> None:
        raise _is_static("MessageHandlerContext", "message handling")

    @classmethod
    def populate_context(cls, ctx: AgentId) -> _Populated[AgentId]:
        """A block that runs on behalf of this agent."""
        return _Populated(cls._current, ctx)

    @classmethod
    def enter(cls, agent_id: AgentId) -> None:
        """The rest of the running task is on behalf of this agent."""
        cls._current.set(agent_id)

    @classmethod
    def agent_id(cls) -> AgentId:
        """The agent whose handler is running.

        Raises:
            RuntimeError: No handler is running.
        """
        current = cls._current.get(None)
        if current is None:
            raise RuntimeError(
                "MessageHandlerContext.agent_id() must be called within a message handler."
            )
        return current


def _is_static(name: str, purpose: str) -> RuntimeError:
    return RuntimeError(
        f"{name} cannot be instantiated. "
        f"It is a static class that provides context management for {purpose}."
    )


def _outside_instantiation(reader: str) -> RuntimeError:
    return RuntimeError(
        f"{reader} must be called within an instantiation context such as when the AgentRuntime "
        "is instantiating an agent. Mostly likely this was caused by directly instantiating an "
        "agent instead of using the AgentRuntime to do so."
    )
