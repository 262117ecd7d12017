"""Names in the runtime: who an agent is, and what is spoken about."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Self, TypedDict

_AGENT_TYPE = re.compile(r"^[\w\-\.]+\Z")
_TOPIC_TYPE = re.compile(r"^[\w\-\.\:\=]+\Z")


class AgentMetadata(TypedDict):
    """What may be told about an agent."""

    type: str
    key: str
    description: str


@dataclass(frozen=True, eq=True)
class AgentType:
    """The name under which a factory is registered; it stands for all agents that factory makes."""

    type: str


class AgentId:
    """One agent: the type that makes it, and a key that tells it from others of the type.

    Args:
        type: Word characters, `-` and `.`, at least one.
        key: Anything; often the source of the topic that called the agent to life.

    Raises:
        ValueError: The type has other characters.

    >>> AgentId.from_str("writer/chapter/1")
    AgentId(type="writer", key="chapter/1")
    """

    __slots__ = ("_hash", "_key", "_type")

    def __init__(self, type: str | AgentType, key: str) -> None:  # noqa: A002 - upstream's name
        self._type = _agent_type(type.type if isinstance(type, AgentType) else type)
        self._key = key
        # Ids are looked up many times for each message.
        self._hash = hash((self._type, key))

    @classmethod
    def from_str(cls, agent_id: str) -> Self:
        """Reads `type/key`; the key may hold further slashes.

        Raises:
            ValueError: There is no slash.
        """
        return cls(*_halves(agent_id, "agent id"))

    @property
    def type(self) -> str:
        """The registered type, as text."""
        return self._type

    @property
    def key(self) -> str:
        """Tells this agent from others of its type."""
        return self._key

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, value: object) -> bool:
        if self is value:
            return True
        if not isinstance(value, AgentId):
            return False
        return self._type == value._type and self._key == value._key

    def __str__(self) -> str:
        return f"{self._type}/{self._key}"

    def __repr__(self) -> str:
        return f'AgentId(type="{self._type}", key="{self._key}")'


@dataclass(frozen=True, eq=True)
class TopicId:
    """What a published message is about: a kind of topic, and the case at hand.

    Raises:
        ValueError: The type has characters other than word characters and `-`, `.`, `:`, `=`.
    """

    type: str
    """The kind of topic, which subscriptions match."""

    source: str
    """The case; it becomes the key of the agents that are called."""

    def __post_init__(self) -> None:
        _check_topic_type(self.type)

    @classmethod
    def from_str(cls, topic_id: str) -> Self:
        """Reads `type/source`; the source may hold further slashes.

        Raises:
            ValueError: There is no slash.
        """
        return cls(*_halves(topic_id, "topic id"))

    def __str__(self) -> str:
        return f"{self.type}/{self.source}"


@lru_cache(maxsize=4096)
def _agent_type(text: str) -> str:
    """The one string that stands for an agent type, checked when it is first seen."""
    if not _AGENT_TYPE.match(text):
        raise ValueError(
            f"Invalid agent type: {text}. "
            f"Allowed values MUST match the regex: `{_AGENT_TYPE.pattern}`"
        )
    return text


@lru_cache(maxsize=4096)
def _check_topic_type(text: str) -> None:
    if not _TOPIC_TYPE.match(text):
        raise ValueError(
            f"Invalid topic type: {text}. Must match the pattern: {_TOPIC_TYPE.pattern}"
        )


def _halves(text: str, what: str) -> tuple[str, str]:
    first, slash, rest = text.partition("/")
    if not slash:
        raise ValueError(f"Invalid {what}: {text}")
    return first, rest
