"""AgentRuntime: what agents may ask of the world they live in."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar, overload, runtime_checkable

from agentchat.core._agent import Agent
from agentchat.core._cancellation import CancellationToken
from agentchat.core._ids import AgentId, AgentMetadata, AgentType, TopicId
from agentchat.core._serialization import MessageSerializer
from agentchat.core._subscription import Subscription

T = TypeVar("T", bound=Agent)


@runtime_checkable
class AgentRuntime(Protocol):
    """Carries messages between agents, and makes the agents when they are first needed."""

    async def send_message(
        self,
        message: Any,
        recipient: AgentId,
        *,
        sender: AgentId | None = None,
        cancellation_token: CancellationToken | None = None,
        message_id: str | None = None,
    ) -> Any:
        """The recipient's answer to a message.

        Args:
            message: Anything the recipient handles.
            recipient: It is made when it does not exist yet.
            sender: None for a message from outside any agent.
            cancellation_token: Ends the waiting, and is handed to the recipient.
            message_id: By default a fresh one.

        Raises:
            MessageDroppedException: An intervention handler dropped the message or the answer.
            UndeliverableException: Nobody is registered under the recipient's type, or the runtime
                stopped before the message, or the answer, arrived.
            BaseException: Whatever the recipient's handler raised, the very object.
        """

    async def publish_message(
        self,
        message: Any,
        topic_id: TopicId,
        *,
        sender: AgentId | None = None,
        cancellation_token: CancellationToken | None = None,
        message_id: str | None = None,
    ) -> None:
        """Hands a message over for all who hear the topic; returns before they have.

        Args:
            message: Anything; who does not handle it ignores it.
            topic_id: What it is about.
            sender: Does not hear itself; None for a message from outside any agent.
            cancellation_token: Is handed to the receivers.
            message_id: By default a fresh one.

        Raises:
            UndeliverableException: The runtime takes no messages any more.
        """

    async def register_factory(
        self,
        type: str | AgentType,  # noqa: A002 - upstream's name
        agent_factory: Callable[[], T | Awaitable[T]],
        *,
        expected_class: type[T] | None = None,
    ) -> AgentType:
        """Names a factory that makes the agents of a type, one for each key.

        Raises:
            ValueError: The type is taken.
        """

    async def register_agent_instance(self, agent_instance: Agent, agent_id: AgentId) -> AgentId:
        """Lets an existing agent live here under an id.

        Raises:
            ValueError: The id is taken, or its type belongs to a factory or to another class.
        """

    async def try_get_underlying_agent_instance(
        self,
        id: AgentId,  # noqa: A002 - upstream's name
        type: type[T] = Agent,  # type: ignore[assignment]  # noqa: A002 - upstream's name
    ) -> T:
        """The agent itself; good for looking inside, but not for sending it messages.

        Raises:
            NotAccessibleError: It lives in another process.
            LookupError: Nobody is registered under its type.
            TypeError: It is of another class.
        """

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

    async def save_state(self) -> Mapping[str, Any]:
        """The states of all agents made so far, by the text of their ids."""

    async def load_state(self, state: Mapping[str, Any]) -> None:
        """Gives agents their saved states; agents of unknown types are left out."""

    async def agent_metadata(self, agent: AgentId) -> AgentMetadata:
        """What may be told about an agent."""

    async def agent_save_state(self, agent: AgentId) -> Mapping[str, Any]:
        """The state of one agent."""

    async def agent_load_state(self, agent: AgentId, state: Mapping[str, Any]) -> None:
        """Gives one agent its saved state."""

    async def add_subscription(self, subscription: Subscription) -> None:
        """Lets agents hear what they have not heard before.

        Raises:
            ValueError: There is an equal one.
        """

    async def remove_subscription(self, id: str) -> None:  # noqa: A002 - upstream's name
        """Forgets a subscription.

        Raises:
            ValueError: There is none of that id.
        """

    def add_message_serializer(
        self, serializer: MessageSerializer[Any] | Sequence[MessageSerializer[Any]]
    ) -> None:
        """Says how messages of a type are written; the last one given for a type wins."""
