"""BaseChatAgent: what every agent offers beside its answers."""

from abc import ABC
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, ClassVar

from pydantic import BaseModel

from agentchat.agents._steps import AnswerStream, Place
from agentchat.base import ChatAgent, Response, TaskResult
from agentchat.core import (
    CancellationToken,
    ComponentBase,
    trace_create_agent_span,
    trace_invoke_agent_span,
)
from agentchat.core._streams import stepped
from agentchat.core._traced_stream import invoked
from agentchat.messages import (
    BaseAgentEvent,
    BaseChatMessage,
    ModelClientStreamingChunkEvent,
    TextMessage,
)
from agentchat.state import BaseState


class BaseChatAgent(ChatAgent, ABC, ComponentBase[BaseModel]):
    """Base of agents, for users to derive their own from.

    A subclass writes `on_messages`, `on_reset` and `produced_message_types`. It keeps its own
    state: it is given what is new since the last call, never the whole conversation.

    Args:
        name: A Python identifier, unique in a team.
        description: What the agent can do, for those who choose a speaker.

    Raises:
        ValueError: The name is no identifier.
    """

    component_type: ClassVar[str] = "agent"

    def __init__(self, name: str, description: str) -> None:
        with trace_create_agent_span(agent_name=name, agent_description=description):
            if not name.isidentifier():
                raise ValueError("The agent name must be a valid Python identifier.")
            self._name = name
            self._description = description

    @property
    def name(self) -> str:
        return self._name

    @property
    def description(self) -> str:
        return self._description

    async def on_messages_stream(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> AnswerStream:
        response = await self.on_messages(messages, cancellation_token)
        for inner in response.inner_messages or ():
            yield inner
        yield response

    async def run(
        self,
        *,
        task: str | BaseChatMessage | Sequence[BaseChatMessage] | None = None,
        cancellation_token: CancellationToken | None = None,
        output_task_messages: bool = True,
    ) -> TaskResult:
        token = cancellation_token or CancellationToken()
        given = _as_messages(task)
        span = trace_invoke_agent_span(agent_name=self.name, agent_description=self.description)
        with span, Place(self.name, token):
            response = await self.on_messages(given, token)
        messages = [*(response.inner_messages or ()), response.chat_message]
        return TaskResult(messages=[*given, *messages] if output_task_messages else messages)

    async def run_stream(
        self,
        *,
        task: str | BaseChatMessage | Sequence[BaseChatMessage] | None = None,
        cancellation_token: CancellationToken | None = None,
        output_task_messages: bool = True,
    ) -> AsyncGenerator[BaseAgentEvent | BaseChatMessage | TaskResult, None]:
        token = cancellation_token or CancellationToken()
        given = _as_messages(task)
        produced: list[BaseAgentEvent | BaseChatMessage] = []
        if output_task_messages:
            for message in given:
                yield message
            produced.extend(given)
        async with aclosing(self._steps(given, token)) as steps:
            async for item in steps:
                shown = item.chat_message if isinstance(item, Response) else item
                if not isinstance(shown, ModelClientStreamingChunkEvent):
                    produced.append(shown)
                yield shown
        yield TaskResult(messages=produced)

    async def on_pause(self, cancellation_token: CancellationToken) -> None:
        """Is told that the team pauses; by default nothing happens."""

    async def on_resume(self, cancellation_token: CancellationToken) -> None:
        """Is told that the team goes on; by default nothing happens."""

    async def save_state(self) -> Mapping[str, Any]:
        return BaseState().model_dump()

    async def load_state(self, state: Mapping[str, Any]) -> None:
        BaseState.model_validate(state)

    async def close(self) -> None:
        """Gives back what the agent holds open; by default nothing."""

    def _steps(self, given: Sequence[BaseChatMessage], token: CancellationToken) -> AnswerStream:
        steps = invoked(self.on_messages_stream(given, token), self.name, self.description)
        return stepped(steps, Place(self.name, token))


def _as_messages(
    task: str | BaseChatMessage | Sequence[BaseChatMessage] | None,
) -> list[BaseChatMessage]:
    if task is None:
        return []
    if isinstance(task, str):
        return [TextMessage(content=task, source="user")]
    if isinstance(task, BaseChatMessage):
        return [task]
    if not task:
        raise ValueError("Task list cannot be empty.")
    for message in task:
        if not isinstance(message, BaseChatMessage):
            raise ValueError(f"Invalid message type in sequence: {type(message)}")  # noqa: TRY004
    return list(task)
