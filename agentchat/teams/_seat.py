"""Where a participant sits: the one place that a team asks it to speak."""

import traceback
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any, Protocol, TypeVar, runtime_checkable

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

    @property
    def is_team(self) -> bool:
        """Whether it is no agent."""
        ...

    def answer(self, messages: Sequence[BaseChatMessage], token: CancellationToken) -> Speech:
        """Gives the participant what it has not heard yet, and streams its answer."""
        ...

    def loaded(self) -> None:
        """Is told that the participant stands somewhere else, where a saved state says."""
        ...

    async def reset(self) -> None:
        """Lets the participant forget the conversation."""
        ...


class LocalSeat(ABC):
    """A participant that is called directly."""

    is_team = False

    def __init__(self, participant: ChatAgent | Team, team_id: str) -> None:
        self.name = participant.name
        self.description = participant.description
        # The id that an actor of this participant would have; handlers of log events rely on it.
        self.agent_id = AgentId(f"{self.name}_{team_id}", team_id)

    @abstractmethod
    def answer(self, messages: Sequence[BaseChatMessage], token: CancellationToken) -> Speech:
        """Gives the participant what it has not heard yet, and streams its answer."""

    def loaded(self) -> None:  # noqa: B027 - optional
        """Is told that the participant stands somewhere else, where a saved state says."""

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


@runtime_checkable
class Recalling(Protocol):
    """A team that can tell what has been said in it."""

    @property
    def thread(self) -> Sequence[BaseAgentEvent | BaseChatMessage]:
        """Everything said and done, in turns that are over; a new list after a reset or load."""
        ...

    @property
    def is_between_runs(self) -> bool:
        """Whether the last run, also one whose result nobody waited for, came to its own end."""
        ...


class TeamSeat(LocalSeat):
    """A team inside the team.

    When its turn is broken off, turns inside it may be over already. Its next turn goes on from
    there: it is not told again what it knows, and its answer holds what it has said before.
    """

    is_team = True

    def __init__(self, team: Team, team_id: str) -> None:
        super().__init__(team, team_id)
        self._team = team
        # Up to where the team's thread has been part of an answer, and in which thread.
        self._answered = 0
        self._answered_in: object = None
        # What it was given in the turn under way: a team may forget that while it works on it.
        self._told: set[str] = set()

    async def answer(
        self, messages: Sequence[BaseChatMessage], token: CancellationToken
    ) -> AsyncGenerator[BaseAgentEvent | BaseChatMessage | Response | TaskResult, None]:
        begun = self._begun(messages)
        given = {each.id for each in messages}
        known = self._told.union(each.id for each in begun)
        before = [each for each in begun if each.id not in given]
        if before and isinstance(self._team, Recalling) and self._team.is_between_runs:
            # It was broken off when all was said, and only the result was still to come.
            self._settle()
            yield TaskResult(messages=before)
            return
        # With nothing new to say to it, it goes on where it stopped.
        stream = self._team.run_stream(
            task=[each for each in messages if each.id not in known] or None,
            cancellation_token=token,
            output_task_messages=False,
        )
        async with aclosing(stream):
            async for item in stream:
                self._told |= given
                if isinstance(item, TaskResult):
                    self._settle()
                    if before:
                        item = item.model_copy(update={"messages": [*before, *item.messages]})
                yield item

    def loaded(self) -> None:
        self._told = set()

    async def reset(self) -> None:
        self._told = set()
        await self._team.reset()

    def _begun(
        self, messages: Sequence[BaseChatMessage]
    ) -> Sequence[BaseAgentEvent | BaseChatMessage]:
        """What was said in a turn that was broken off; the messages given to it come first."""
        thread = self._team.thread if isinstance(self._team, Recalling) else ()
        if thread is self._answered_in:
            return thread[self._answered :]
        given = {each.id for each in messages}
        nowhere = 0 if self._told & given else len(thread)
        start = next((n for n, each in enumerate(thread) if each.id in given), nowhere)
        return thread[start:]

    def _settle(self) -> None:
        self._told = set()
        if isinstance(self._team, Recalling):
            self._answered_in = self._team.thread
            self._answered = len(self._team.thread)


def seat_of(participant: ChatAgent | Team, team_id: str) -> LocalSeat:
    """A seat for an agent or a team."""
    if isinstance(participant, Team):
        return TeamSeat(participant, team_id)
    return AgentSeat(participant, team_id)


def team_error(error: Exception) -> RuntimeError:
    """What a team raises for a failure inside it: users match on its class and text."""
    trace = "".join(traceback.format_exception(error))
    return RuntimeError(f"{type(error).__name__}: {error}\nTraceback:\n{trace}")
