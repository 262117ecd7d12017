"""Agents and teams as tools of another agent."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from contextvars import ContextVar
from typing import Any

from pydantic import BaseModel

from agentchat.base import ChatAgent, TaskResult, Team
from agentchat.core import CancellationToken, Component
from agentchat.core._streams import stepped
from agentchat.core.tools import BaseStreamTool
from agentchat.messages import BaseAgentEvent, BaseChatMessage

__all__ = ["AgentTool", "TeamTool"]

_Item = BaseAgentEvent | BaseChatMessage | TaskResult


class ToolCallsItself(RuntimeError):
    """A tool was called from inside its own run, which would wait for itself.

    Args:
        name: Name of the tool.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"Tool {name!r} is called from inside its own run.")


class TaskRunnerToolArgs(BaseModel):
    """What a model gives the tool."""

    task: str


class TaskRunnerTool(
    BaseStreamTool[TaskRunnerToolArgs, BaseAgentEvent | BaseChatMessage, TaskResult]
):
    """Gives a task to an agent or a team, and streams what is done about it.

    Calls that come at the same time wait for each other: who runs keeps one conversation.
    """

    def __init__(
        self,
        runner: ChatAgent | Team,
        name: str,
        description: str,
        return_value_as_last_message: bool,
    ) -> None:
        self._runner = runner
        self._return_value_as_last_message = return_value_as_last_message
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = asyncio.Lock()
        super().__init__(TaskRunnerToolArgs, TaskResult, name, description, strict=True)

    async def run(
        self, args: TaskRunnerToolArgs, cancellation_token: CancellationToken
    ) -> TaskResult:
        """Works on the task to its end; `run_stream` shows the way there.

        Raises:
            TypeError: The runner's stream did not end with a TaskResult.
        """
        last: _Item | None = None
        async for item in self.run_stream(args, cancellation_token):
            last = item
        if not isinstance(last, TaskResult):
            raise TypeError(f"The run of {self.name!r} ended with {last!r}, not with a TaskResult.")
        return last

    async def run_stream(
        self, args: TaskRunnerToolArgs, cancellation_token: CancellationToken
    ) -> AsyncGenerator[_Item, None]:
        """Yields what the runner yields; its TaskResult is the last item.

        Raises:
            ToolCallsItself: The call comes from inside a run of this tool.
        """
        if self in _running_tools.get():
            raise ToolCallsItself(self.name)
        async with (
            self._lock_here(),
            aclosing(
                stepped(
                    self._runner.run_stream(task=args.task, cancellation_token=cancellation_token),
                    _Inside(self),
                )
            ) as stream,
        ):
            async for item in stream:
                yield item

    def _lock_here(self) -> asyncio.Lock:
        """The lock of the running event loop: a tool may serve several, one after the other."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._lock = loop, asyncio.Lock()
        return self._lock

    def return_value_as_string(self, value: TaskResult) -> str:
        """What the model is told: all that was answered, or only the last message.

        Raises:
            ValueError: The last message is wanted, and there is none, or it is an event.
        """
        if self._return_value_as_last_message:
            last = value.messages[-1] if value.messages else None
            if not isinstance(last, BaseChatMessage):
                raise ValueError("The last message is not a BaseChatMessage.")
            return last.to_model_text()
        return "\n\n".join(
            f"{message.source}: {message.to_model_text()}"
            for message in value.messages
            if isinstance(message, BaseChatMessage) and message.source != "user"
        )

    async def save_state_json(self) -> Mapping[str, Any]:
        """The state of the runner."""
        return await self._runner.save_state()

    async def load_state_json(self, state: Mapping[str, Any]) -> None:
        """Has the runner go on from a saved state."""
        await self._runner.load_state(state)


class AgentTool(TaskRunnerTool, Component[BaseModel]):
    """An agent as a tool, under the agent's own name and description.

    Args:
        agent: Who works on the task; it remembers the tasks before.
        return_value_as_last_message: Tell the model only the last message, without its source.
    """

    def __init__(self, agent: ChatAgent, return_value_as_last_message: bool = False) -> None:
        super().__init__(agent, agent.name, agent.description, return_value_as_last_message)


class TeamTool(TaskRunnerTool, Component[BaseModel]):
    """A team as a tool.

    Args:
        team: Who works on the task; it remembers the tasks before.
        name: What the model calls the tool.
        description: What the model is told the tool is for.
        return_value_as_last_message: Tell the model only the last message, without its source.
    """

    def __init__(
        self, team: Team, name: str, description: str, return_value_as_last_message: bool = False
    ) -> None:
        super().__init__(team, name, description, return_value_as_last_message)


_running_tools: ContextVar[tuple[TaskRunnerTool, ...]] = ContextVar("running_tools", default=())


class _Inside:
    """A block that runs inside a run of the tool. One block after the other may use it."""

    def __init__(self, tool: TaskRunnerTool) -> None:
        self._tool = tool

    def __enter__(self) -> None:
        self._mark = _running_tools.set((*_running_tools.get(), self._tool))

    def __exit__(self, *_: object) -> None:
        _running_tools.reset(self._mark)
