"""Tasks: who takes them, and what comes out."""

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from pydantic import BaseModel, SerializeAsAny

from agentchat.core import CancellationToken
from agentchat.messages import BaseAgentEvent, BaseChatMessage


class TaskResult(BaseModel, defer_build=True):
    """What a run produced."""

    messages: Sequence[SerializeAsAny[BaseAgentEvent | BaseChatMessage]]
    """Everything said and done, the task first; without streaming chunks."""

    stop_reason: str | None = None
    """Why a team stopped; None for a single agent."""


class TaskRunner(Protocol):
    """Anything that a task can be given to: an agent, a team."""

    async def run(
        self,
        *,
        task: str | BaseChatMessage | Sequence[BaseChatMessage] | None = None,
        cancellation_token: CancellationToken | None = None,
        output_task_messages: bool = True,
    ) -> TaskResult:
        """Works on the task to its end.

        Who runs keeps its state: a run without a task goes on from the one before.

        Args:
            task: Words of the `user`, a message, or several; None goes on.
            cancellation_token: Ends the run with `asyncio.CancelledError`.
            output_task_messages: Whether the result repeats the task.
        """
        ...

    def run_stream(
        self,
        *,
        task: str | BaseChatMessage | Sequence[BaseChatMessage] | None = None,
        cancellation_token: CancellationToken | None = None,
        output_task_messages: bool = True,
    ) -> AsyncGenerator[BaseAgentEvent | BaseChatMessage | TaskResult, None]:
        """Like `run`, and yields messages and events as they come; the result is the last item."""
        ...
