"""SingleThreadedAgentRuntime: agents, subscriptions and a queue in one process."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from contextvars import copy_context
from typing import Any, TypeVar, overload

from agentchat.core._agent import Agent
from agentchat.core._agent_instances import AgentInstances
from agentchat.core._cancellation import CancellationToken
from agentchat.core._envelopes import Direct, Published
from agentchat.core._ids import AgentId, AgentMetadata, AgentType, TopicId
from agentchat.core._intervention import InterventionHandler
from agentchat.core._message_log import MessageLog
from agentchat.core._runtime import AgentRuntime
from agentchat.core._serialization import MessageSerializer, SerializationRegistry
from agentchat.core._subscription import Subscription, SubscriptionTable
from agentchat.core._telemetry import TracerProvider
from agentchat.core._traced_dispatcher import dispatcher_class
from agentchat.core._world import new_id

T = TypeVar("T", bound=Agent)


class SingleThreadedAgentRuntime(AgentRuntime):
    """Carries messages between agents of one process, on one event loop.

    Messages are passed as they are, not copied.

    Args:
        intervention_handlers: See every message, in this order, each what the one before returned.
        tracer_provider: Whom to tell of the messages' ways; by default the provider that the
            program has set for OpenTelemetry, if any.
        ignore_unhandled_exceptions: Only log what a handler of a published message raises;
            otherwise the runtime ends, and `process_next` or a stop raises it.
    """

    def __init__(
        self,
        *,
        intervention_handlers: list[InterventionHandler] | None = None,
        tracer_provider: TracerProvider | None = None,
        ignore_unhandled_exceptions: bool = True,
    ) -> None:
        self._agents = AgentInstances(self)
        self._subscriptions = SubscriptionTable()
        self._serializers = SerializationRegistry()
        dispatcher = dispatcher_class(tracer_provider, type(self).__name__, self._serializers)
        self._dispatcher = dispatcher(
            self._agents,
            self._subscriptions,
            [] if intervention_handlers is None else intervention_handlers,
            MessageLog(self._serializers),
            ignore_unhandled_exceptions,
        )

    @property
    def unprocessed_messages_count(self) -> int:
        """How many messages and answers wait in the queue."""
        return self._dispatcher.waiting

    async def send_message(
        self,
        message: Any,
        recipient: AgentId,
        *,
        sender: AgentId | None = None,
        cancellation_token: CancellationToken | None = None,
        message_id: str | None = None,
    ) -> Any:
        """The recipient's answer to a message; the runtime must be running, or be driven.

        Raises:
            MessageDroppedException: An intervention handler dropped the message or the answer.
            UndeliverableException: Nobody is registered under the recipient's type, or the runtime
                stopped before the message, or the answer, arrived.
            BaseException: Whatever the recipient's handler raised, the very object.
        """
        reply = asyncio.get_running_loop().create_future()
        if cancellation_token is None:
            token = _token_for(reply)
        else:
            token = cancellation_token
            token.link_future(reply)
        return await self._dispatcher.ask(
            Direct(
                message,
                sender,
                recipient,
                reply,
                token,
                message_id or new_id("message"),
                copy_context(),
            )
        )

    async def publish_message(
        self,
        message: Any,
        topic_id: TopicId,
        *,
        sender: AgentId | None = None,
        cancellation_token: CancellationToken | None = None,
        message_id: str | None = None,
    ) -> None:
        """Queues a message for all who hear the topic but its sender; fine when there is nobody.

        Raises:
            UndeliverableException: The runtime has ended by what a handler raised.
        """
        self._dispatcher.publish(
            Published(
                message,
                sender,
                topic_id,
                cancellation_token or CancellationToken(),
                message_id or new_id("message"),
                copy_context(),
            )
        )

    def start(self) -> None:
        """Begins to open what is in the queue, and what will come, until stopped.

        Raises:
            RuntimeError: It is started already, or no event loop is running.
        """
        self._dispatcher.start()

    async def stop(self) -> None:
        """Opens nothing more; handlers that have begun go on.

        Who waits for an answer to what is still in the queue gets `UndeliverableException`.

        Raises:
            RuntimeError: It is not started.
            BaseException: What a handler of a published message raised, unless that is ignored.
        """
        await self._dispatcher.stop()

    async def stop_when_idle(self) -> None:
        """Stops when all messages, and all that came of them, have been handled.

        Raises:
            RuntimeError: It is not started; or a handler asks, who would wait for itself.
            BaseException: What a handler of a published message raised, unless that is ignored.
        """
        await self._dispatcher.stop_when_idle()

    async def stop_when(self, condition: Callable[[], bool]) -> None:
        """Stops when the condition is true; looks once a second.

        Raises:
            RuntimeError: It is not started.
            BaseException: What a handler of a published message raised, unless that is ignored.
        """
        await self._dispatcher.stop_when(condition)

    async def close(self) -> None:
        """Stops if need be, cancels what still runs, and closes all agents; each is tried.

        Raises:
            BaseException: What a handler or the closing of an agent raised.
        """
        async with AsyncExitStack() as last_first:
            for agent in reversed(list(self._agents.living.values())):
                last_first.push_async_callback(agent.close)
            last_first.push_async_callback(self._dispatcher.abandon)
            if self._dispatcher.is_started:
                last_first.push_async_callback(self.stop)

    async def process_next(self) -> None:
        """Opens the next envelope, waiting for one if need be; its handlers go on by themselves.

        Raises:
            BaseException: What a handler of a published message raised, unless that is ignored.
        """
        await self._dispatcher.process_next()

    async def register_factory(
        self,
        type: str | AgentType,  # noqa: A002 - upstream's name
        agent_factory: Callable[[], T | Awaitable[T]],
        *,
        expected_class: type[T] | None = None,
    ) -> AgentType:
        """Names a factory, sync or async; it is called once for each key that is spoken to.

        Raises:
            ValueError: The type is taken, or the factory needs arguments.
        """
        agent_type = type if isinstance(type, AgentType) else AgentType(type)
        self._agents.add_factory(agent_type, agent_factory, expected_class)
        return agent_type

    async def register_agent_instance(self, agent_instance: Agent, agent_id: AgentId) -> AgentId:
        """Lets an existing agent live here under an id.

        Raises:
            ValueError: The id is taken, or its type belongs to a factory or to another class.
            RuntimeError: The agent has another id, or another runtime, already.
        """
        await self._agents.add_instance(agent_instance, agent_id)
        return agent_id

    async def try_get_underlying_agent_instance(
        self,
        id: AgentId,  # noqa: A002 - upstream's name
        type: type[T] = Agent,  # type: ignore[assignment]  # noqa: A002 - upstream's name
    ) -> T:
        """The agent itself; good for looking inside, but not for sending it messages.

        Raises:
            LookupError: Nobody is registered under its type.
            TypeError: It is of another class.
        """
        agent = await self._agents.get(id)
        if not isinstance(agent, type):
            raise TypeError(
                f"Agent with name {id.type} is not of type {type.__name__}. "
                f"It is of type {agent.__class__.__name__}"
            )
        return agent

    @overload
    async def get(self, id: AgentId, /, *, lazy: bool = ...) -> AgentId: ...

    @overload
    async def get(
        self,
        type: AgentType | str,
        /,
        key: str = ...,
        *,
        lazy: bool = ...,
    ) -> AgentId: ...

    async def get(
        self, id_or_type: AgentId | AgentType | str, /, key: str = "default", *, lazy: bool = True
    ) -> AgentId:
        """The id of an agent; with `lazy=False` the agent is made first.

        Raises:
            LookupError: The agent shall be made, and nobody is registered under its type.
        """
        agent_id = id_or_type if isinstance(id_or_type, AgentId) else AgentId(id_or_type, key)
        if not lazy:
            await self._agents.get(agent_id)
        return agent_id

    async def save_state(self) -> Mapping[str, Any]:
        """The states of all agents made so far, by the text of their ids."""
        living = list(self._agents.living.items())
        return {str(agent_id): await agent.save_state() for agent_id, agent in living}

    async def load_state(self, state: Mapping[str, Any]) -> None:
        """Gives agents their saved states, making them if need be; unknown types are left out."""
        for text, agent_state in state.items():
            agent_id = AgentId.from_str(text)
            if self._agents.knows(agent_id.type):
                await self.agent_load_state(agent_id, agent_state)

    async def agent_metadata(self, agent: AgentId) -> AgentMetadata:
        """What may be told about an agent."""
        return (await self._agents.get(agent)).metadata

    async def agent_save_state(self, agent: AgentId) -> Mapping[str, Any]:
        """The state of one agent."""
        return await (await self._agents.get(agent)).save_state()

    async def agent_load_state(self, agent: AgentId, state: Mapping[str, Any]) -> None:
        """Gives one agent its saved state."""
        await (await self._agents.get(agent)).load_state(state)

    async def add_subscription(self, subscription: Subscription) -> None:
        """Lets agents hear what they have not heard before.

        Raises:
            ValueError: There is an equal one.
        """
        self._subscriptions.add(subscription)

    async def remove_subscription(self, id: str) -> None:  # noqa: A002 - upstream's name
        """Forgets a subscription.

        Raises:
            ValueError: There is none of that id.
        """
        self._subscriptions.remove(id)

    def add_message_serializer(
        self, serializer: MessageSerializer[Any] | Sequence[MessageSerializer[Any]]
    ) -> None:
        """Says how messages of a type are written in logs and spans; the last one wins."""
        self._serializers.add_serializer(serializer)


def _token_for(reply: asyncio.Future[Any]) -> CancellationToken:
    """A token of a message's own: the handler may use it to end the sender's waiting.

    It lives no longer than the reply, so that nothing need be forgotten when the reply is there,
    which is what makes `link_future` dear.
    """
    token, loop = CancellationToken(), reply.get_loop()

    def give_up() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(reply.cancel)

    token.add_callback(give_up)
    return token
