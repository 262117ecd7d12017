"""The agents of a runtime: who may be made, and who has been."""

import logging
import warnings
from collections.abc import Awaitable, Callable, Mapping
from inspect import Parameter, isawaitable, signature
from typing import Any, NamedTuple

from agentchat.core._agent import Agent
from agentchat.core._bell import Bell
from agentchat.core._context import AgentInstantiationContext
from agentchat.core._ids import AgentId, AgentType
from agentchat.core._runtime import AgentRuntime
from agentchat.core.logging import (
    EVENT_LOGGER_NAME,
    ROOT_LOGGER_NAME,
    AgentConstructionExceptionEvent,
)

logger = logging.getLogger(ROOT_LOGGER_NAME)
event_logger = logging.getLogger(EVENT_LOGGER_NAME)


class _Origin(NamedTuple):
    """Where the agents of a type come from."""

    factory: Callable[..., Agent | Awaitable[Agent]] | None
    """None when all agents of the type were made by hand."""

    expected_class: type[Any] | None
    """What each of them must be."""

    takes_runtime_and_id: bool = False
    """Whether the factory is of the old kind, with two parameters."""


class AgentInstances:
    """Makes each agent once, when it is first asked for.

    Args:
        runtime: Whose agents they are.
    """

    def __init__(self, runtime: AgentRuntime) -> None:
        self._runtime = runtime
        self._origins: dict[str, _Origin] = {}
        self._living: dict[AgentId, Agent] = {}
        self._in_the_making: dict[AgentId, Bell] = {}

    @property
    def living(self) -> Mapping[AgentId, Agent]:
        """All agents made so far, in the order they were made."""
        return self._living

    def knows(self, agent_type: str) -> bool:
        """Whether anybody is registered under a type."""
        return agent_type in self._origins

    def add_factory(
        self,
        agent_type: AgentType,
        factory: Callable[..., Agent | Awaitable[Agent]],
        expected_class: type[Any] | None,
    ) -> None:
        """Names a factory.

        Raises:
            ValueError: The type is taken, or the factory needs arguments.
        """
        if agent_type.type in self._origins:
            raise ValueError(f"Agent with type {agent_type} already exists.")
        old_kind = _takes_runtime_and_id(factory)
        self._origins[agent_type.type] = _Origin(factory, expected_class, old_kind)

    async def add_instance(self, agent: Agent, agent_id: AgentId) -> None:
        """Lets an agent made by hand live under an id.

        Raises:
            ValueError: The id is taken, or its type belongs to a factory or to another class.
            RuntimeError: The agent has another id, or another runtime, already.
        """
        if agent_id in self._living:
            raise ValueError(f"Agent with id {agent_id} already exists.")
        origin = self._origins.get(agent_id.type, _Origin(None, type(agent)))
        if origin.factory is not None:
            raise ValueError(
                "Agent factories and agent instances cannot be registered to the same type."
            )
        if origin.expected_class is not type(agent):
            raise ValueError("Agent instances must be the same object type.")
        await agent.bind_id_and_runtime(id=agent_id, runtime=self._runtime)
        self._origins[agent_id.type] = origin
        self._living[agent_id] = agent

    async def get(self, agent_id: AgentId) -> Agent:
        """The agent of an id, made if need be.

        Raises:
            LookupError: Nobody is registered under its type.
            RuntimeError: The agents of its type are made by hand, and this one was not.
            ValueError: The factory made something of another class.
        """
        # A factory may await: whoever asks meanwhile must not get a second agent.
        while agent_id not in self._living:
            if (finished := self._in_the_making.get(agent_id)) is not None:
                await finished.heard()
                continue
            finished = self._in_the_making[agent_id] = Bell()
            try:
                self._living[agent_id] = await self._made(agent_id)
            finally:
                del self._in_the_making[agent_id]
                finished.ring()
        return self._living[agent_id]

    async def _made(self, agent_id: AgentId) -> Agent:
        origin = self._origins.get(agent_id.type)
        if origin is None:
            raise LookupError(f"Agent with name {agent_id.type} not found.")
        try:
            return await self._call(origin, agent_id)
        except BaseException as error:
            if event_logger.isEnabledFor(logging.INFO):
                event_logger.info(
                    AgentConstructionExceptionEvent(agent_id=agent_id, exception=error)
                )
            logger.exception("Error constructing agent %s", agent_id)
            raise

    async def _call(self, origin: _Origin, agent_id: AgentId) -> Agent:
        if origin.factory is None:
            raise RuntimeError(
                "Agent factory was invoked for an agent instance that was not registered. This is "
                "likely due to the agent type being incorrectly subscribed to a topic. If this "
                "exception occurs when publishing a message to the DefaultTopicId, then it is "
                "likely that `skip_class_subscriptions` needs to be turned off when registering "
                "the agent."
            )
        arguments = (self._runtime, agent_id) if origin.takes_runtime_and_id else ()
        with AgentInstantiationContext.populate_context((self._runtime, agent_id)):
            made = origin.factory(*arguments)
            agent: Agent = await made if isawaitable(made) else made
        expected = origin.expected_class
        if expected is not None and not isinstance(agent, expected):
            raise ValueError(
                "Factory registered using the wrong type: "
                f"expected {expected.__name__}, got {type(agent).__name__}"
            )
        return agent


def _takes_runtime_and_id(factory: Callable[..., Any]) -> bool:
    try:
        parameters = signature(factory).parameters.values()
    except ValueError:
        return False  # A builtin keeps its signature to itself.
    needed = [
        parameter
        for parameter in parameters
        if parameter.default is Parameter.empty
        and parameter.kind not in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
    ]
    if len(needed) not in (0, 2):
        raise ValueError("Agent factory must take 0 or 2 arguments.")
    if needed:
        warnings.warn(
            "Agent factories that take two arguments are deprecated. "
            "Use AgentInstantiationContext instead.",
            stacklevel=2,
        )
    return bool(needed)
