"""Decorators that let every registered type of an agent class hear a topic."""

from collections.abc import Callable
from typing import TypeVar, overload

from agentchat.core._agent import BaseAgent
from agentchat.core._subscription import DefaultSubscription

AgentClass = TypeVar("AgentClass", bound=type[BaseAgent])


@overload
def default_subscription(cls: AgentClass) -> AgentClass: ...


@overload
def default_subscription() -> Callable[[AgentClass], AgentClass]: ...


def default_subscription(
    cls: AgentClass | None = None,
) -> AgentClass | Callable[[AgentClass], AgentClass]:
    """Lets the class hear the default topic; stands with or without parentheses."""
    decorate = type_subscription("default")
    return decorate if cls is None else decorate(cls)


def type_subscription(topic_type: str) -> Callable[[AgentClass], AgentClass]:
    """Lets the class hear all topics of a type; subclasses do not inherit it."""

    def decorate(cls: AgentClass) -> AgentClass:
        cls._class_subscriptions.append(lambda: [DefaultSubscription(topic_type)])
        return cls

    return decorate
