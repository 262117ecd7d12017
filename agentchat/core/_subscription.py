"""Who hears what: subscriptions, and the topic that is meant when none is named."""

from abc import abstractmethod
from functools import lru_cache
from typing import Protocol, runtime_checkable

from agentchat.core._context import MessageHandlerContext, SubscriptionInstantiationContext
from agentchat.core._ids import AgentId, AgentType, TopicId
from agentchat.core._world import new_id
from agentchat.core.exceptions import CantHandleException


class DefaultTopicId(TopicId):
    """The topic that is meant when a program needs only one.

    Args:
        type: The kind of topic.
        source: The case; by default the key of the agent whose handler is running, so that agents
            which work on one case stay together, and `default` outside any handler.
    """

    def __init__(self, type: str = "default", source: str | None = None) -> None:  # noqa: A002
        super().__init__(type, _running_key() if source is None else source)


@runtime_checkable
class Subscription(Protocol):
    """Says for a topic which agent shall hear it.

    The answers may only depend on the topic: the runtime asks once and remembers.
    """

    @property
    @abstractmethod
    def id(self) -> str:
        """Names the subscription, to remove it again."""

    @abstractmethod
    def __eq__(self, other: object) -> bool:
        """Whether both would let the same agents hear the same topics, or have one id."""

    @abstractmethod
    def is_match(self, topic_id: TopicId) -> bool:
        """Whether somebody shall hear the topic."""

    @abstractmethod
    def map_to_agent(self, topic_id: TopicId) -> AgentId:
        """Who shall hear the topic.

        Raises:
            CantHandleException: The topic does not match.
        """


class _AgentPerSource(Subscription):
    """One agent for each source of the topics that a subclass lets through.

    Equal ones may have different ids, so that no hash could be true to equality: they have none.
    """

    def __init__(self, topics: str, agent_type: str | AgentType, known_as: str | None) -> None:
        self._topics = topics
        self._agent_type = agent_type.type if isinstance(agent_type, AgentType) else agent_type
        self._id = known_as or new_id("subscription")

    @property
    def id(self) -> str:
        return self._id

    @property
    def agent_type(self) -> str:
        """Of whom the agent shall be."""
        return self._agent_type

    def map_to_agent(self, topic_id: TopicId) -> AgentId:
        if not self.is_match(topic_id):
            raise CantHandleException("TopicId does not match the subscription")
        return AgentId(self._agent_type, topic_id.source)

    def _means(self, other: "_AgentPerSource") -> bool:
        """Whether another one of the same kind has the same id, or lets the same through."""
        return self._id == other._id or (self._agent_type, self._topics) == (
            other._agent_type,
            other._topics,
        )


class TypeSubscription(_AgentPerSource):
    """One agent for each source of a topic type.

    Args:
        topic_type: The type that a topic must have.
        agent_type: Of whom the agent shall be; its key is the topic's source.
        id: By default a fresh one.
    """

    def __init__(
        self,
        topic_type: str,
        agent_type: str | AgentType,
        id: str | None = None,  # noqa: A002 - upstream's name
    ) -> None:
        super().__init__(topic_type, agent_type, id)

    @property
    def topic_type(self) -> str:
        """The type that a topic must have."""
        return self._topics

    def is_match(self, topic_id: TopicId) -> bool:
        return topic_id.type == self._topics

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TypeSubscription) and self._means(other)


class TypePrefixSubscription(_AgentPerSource):
    """One agent for each source of all topic types that begin alike.

    Args:
        topic_type_prefix: How a topic's type must begin.
        agent_type: Of whom the agent shall be; its key is the topic's source.
        id: By default a fresh one.
    """

    def __init__(
        self,
        topic_type_prefix: str,
        agent_type: str | AgentType,
        id: str | None = None,  # noqa: A002 - upstream's name
    ) -> None:
        super().__init__(topic_type_prefix, agent_type, id)

    @property
    def topic_type_prefix(self) -> str:
        """How a topic's type must begin."""
        return self._topics

    def is_match(self, topic_id: TopicId) -> bool:
        return topic_id.type.startswith(self._topics)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TypePrefixSubscription) and self._means(other)


class DefaultSubscription(TypeSubscription):
    """Hears the default topic.

    Args:
        topic_type: The type that a topic must have.
        agent_type: Of whom the agent shall be; by default the type that is being registered.

    Raises:
        CantHandleException: No agent type is given, and none is being registered.
    """

    def __init__(
        self, topic_type: str = "default", agent_type: str | AgentType | None = None
    ) -> None:
        super().__init__(topic_type, _registered_type() if agent_type is None else agent_type)


class SubscriptionTable:
    """All subscriptions of a runtime, in the order they were added."""

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []
        # Bounded, because long-lived programs meet ever new sources.
        self.receivers = lru_cache(maxsize=4096)(self._receivers)

    def add(self, subscription: Subscription) -> None:
        """Lets it take part from now on.

        Raises:
            ValueError: There is an equal one.
        """
        if subscription in self._subscriptions:
            raise ValueError("Subscription already exists")
        self._subscriptions.append(subscription)
        self.receivers.cache_clear()

    def remove(self, id: str) -> None:  # noqa: A002 - upstream's name
        """Forgets the subscription of that id.

        Raises:
            ValueError: There is none.
        """
        kept = [subscription for subscription in self._subscriptions if subscription.id != id]
        if len(kept) == len(self._subscriptions):
            raise ValueError("Subscription does not exist")
        self._subscriptions = kept
        self.receivers.cache_clear()

    def _receivers(self, topic_id: TopicId) -> tuple[AgentId, ...]:
        """Who hears the topic; an agent with two subscriptions to it is named twice."""
        return tuple(
            subscription.map_to_agent(topic_id)
            for subscription in self._subscriptions
            if subscription.is_match(topic_id)
        )


def _running_key() -> str:
    try:
        return MessageHandlerContext.agent_id().key
    except RuntimeError:
        return "default"


def _registered_type() -> AgentType:
    try:
        return SubscriptionInstantiationContext.agent_type()
    except RuntimeError:
        raise CantHandleException(
            "If agent_type is not specified DefaultSubscription must be created within the "
            "subscription callback in AgentRuntime.register"
        ) from None
