"""Where a participant sits: the one place that a team asks it to speak."""

import traceback
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Sequence
from typing import Any, Protocol, TypeVar

from agentchat.base import ChatAgent, Response, TaskResult, Team
from agentchat.core import AgentId, CancellationToken
from agentchat.core._cancellation import Interruption
from agentchat.core._context import handling_agent
from agentchat.core._world import Path, standing_at
from agentchat.messages import BaseAgentEvent, BaseChatMessage

T = TypeVar("T")

Speech = AsyncGenerator[BaseAgentEvent | BaseChatMessage | Response | TaskResult, None]
"""What comes out of a participant; a Response or TaskResult is the last item."""


class Standing:
    """A block that runs for one agent: logs, ids and cancellation see it there.

    Entered anew for every step of a stream, so that it never stays open while the consumer runs.
    """

    __slots__ = ("_agent_id", "_agent_token", "_interruption", "_path", "_path_token")

    def __init__(self, agent_id: AgentId, path: Path, token: CancellationToken) -> None:
        self._agent_id = agent_id
        self._path = path
        self._interruption = Interruption(token)

    def __enter__(self) -> None:
        self._interruption.__enter__()
        self._agent_token = handling_agent.set(self._agent_id)
        self._path_token = standing_at.set(self._path)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: Any
    ) -> None:
        standing_at.reset(self._path_token)
        handling_agent.reset(self._agent_token)
        self._interruption.__exit__(kind, error, trace)


class Seat(Protocol):
    """A participant as the team's loop sees it."""

    @property
    def name(self) -> str:
        """The participant's name."""
        ...

    @property
    def description(self) -> str:
        """What the participant can do, for those who choose a speaker."""
        ...

    @property
    def agent_id(self) -> AgentId:
        """On whose behalf the participant's code runs."""
        ...

    def answer(self, messages: Sequence[BaseChatMessage], token: CancellationToken) -> Speech:
        """Gives the participant what it has not heard yet, and streams its answer."""
        ...

    async def reset(self) -> None:
        """Lets the participant forget the conversation."""
        ...


class LocalSeat(ABC):
    """A participant that is called directly."""

    def __init__(self, participant: ChatAgent | Team, team_id: str) -> None:
        self.name = participant.name
        self.description = participant.description
        # The id that an actor of this participant would have; handlers of log events rely on it.
        self.agent_id = AgentId(f"{self.name}_{team_id}", team_id)

    @abstractmethod
    def answer(self, messages: Sequence[BaseChatMessage], token: CancellationToken) -> Speech:
        """Gives the participant what it has not heard yet, and streams its answer."""

    @abstractmethod
    async def reset(self) -> None:
        """Lets the participant forget the conversation."""


class AgentSeat(LocalSeat):
    """An agent."""

    def __init__(self, agent: ChatAgent, team_id: str) -> None:
        super().__init__(agent, team_id)
        self._agent = agent

    def answer(self, messages: Sequence[BaseChatMessage], token: CancellationToken) -> Speech:
        return self._agent.on_messages_stream(messages, token)

    async def reset(self) -> None:
        await self._agent.on_reset(CancellationToken())


class TeamSeat(LocalSeat):
    """A team inside the team."""

    def __init__(self, team: Team, team_id: str) -> None:
        super().__init__(team, team_id)
        self._team = team

    def answer(self, messages: Sequence[BaseChatMessage], token: CancellationToken) -> Speech:
        # With nothing new to say to it, it goes on where it stopped.
        return self._team.run_stream(
            task=messages or None, cancellation_token=token, output_task_messages=False
        )

    async def reset(self) -> None:
        await self._team.reset()


def seat_of(participant: ChatAgent | Team, team_id: str) -> LocalSeat:
    """A seat for an agent or a team."""
    if isinstance(participant, Team):
        return TeamSeat(participant, team_id)
    return AgentSeat(participant, team_id)


def team_error(error: Exception) -> RuntimeError:
    """What a team raises for a failure inside it: users match on its class and text."""
    trace = "".join(traceback.format_exception(error))
    return RuntimeError(f"{type(error).__name__}: {error}\nTraceback:\n{trace}")
