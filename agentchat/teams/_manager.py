"""The loop of a team: who speaks, ask, listen, stop?"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from agentchat.base import TerminationCondition
from agentchat.core import AgentId, CancellationToken
from agentchat.core._world import standing_at
from agentchat.messages import BaseChatMessage, MessageFactory, SelectSpeakerEvent
from agentchat.state import BaseGroupChatManagerState
from agentchat.teams._conversation import Conversation, Turn, Utterance
from agentchat.teams._merge import merged
from agentchat.teams._seat import Seat, Standing, team_error


@dataclass(frozen=True)
class Roster:
    """Who sits in a team."""

    team_id: str
    seats: tuple[Seat, ...]
    message_factory: MessageFactory

    @property
    def names(self) -> tuple[str, ...]:
        """The participants, in the order they were given."""
        return tuple(seat.name for seat in self.seats)


@dataclass(frozen=True)
class Rules:
    """When a team stops, and how much it tells."""

    termination_condition: TerminationCondition | None = None
    max_turns: int | None = None
    emit_team_events: bool = False

    def __post_init__(self) -> None:
        if self.max_turns is not None and self.max_turns <= 0:
            raise ValueError("The maximum number of turns must be greater than 0.")

    def exhausted_by(self, turns: int) -> str | None:
        """Why so many turns are enough; None when there is no limit, or more to go."""
        if self.max_turns is None or turns < self.max_turns:
            return None
        return f"Maximum number of turns {self.max_turns} reached."


class Choice:
    """Who speaks in a turn; filled in while it is made."""

    __slots__ = ("ending", "speakers")

    def __init__(self) -> None:
        self.speakers: Sequence[str] = ()
        self.ending: str | None = None
        """Why nobody speaks any more."""


class Ending(NamedTuple):
    """The last item of a conversation's stream."""

    reason: str


class GroupChatManager(ABC):
    """Runs the turns of a team; a subclass decides who speaks.

    Nothing of a turn counts before it is over: when a speaker fails or is cancelled, the
    conversation and the choice of speakers are as they were, and the next run repeats the turn.
    """

    announces = False
    """Whether something is shown while speakers are chosen; then `choose` is asked for them."""

    def __init__(self, name: str, roster: Roster, rules: Rules) -> None:
        self.name = name
        self.roster = roster
        self.rules = rules
        self.conversation = Conversation(roster.names)
        self.turns_taken = 0
        self._turn_number = 0
        self._seat_by_name = {seat.name: seat for seat in roster.seats}
        self._agent_id = AgentId(f"{name}_{roster.team_id}", roster.team_id)
        self._resumed: asyncio.Event | None = None

    @abstractmethod
    async def select_speakers(self, thread: Sequence[Utterance]) -> Sequence[str]:
        """Names who speaks next; it changes nothing before `turn_over` says so."""

    async def choose(self, choice: Choice) -> AsyncGenerator[Utterance, None]:
        """Fills in the choice, and yields what happens meanwhile."""
        choice.speakers = await self.select_speakers(self.conversation.thread)
        if False:
            yield

    @abstractmethod
    def turn_over(self, turns: Sequence[Turn]) -> None:
        """Notes who has spoken, and what."""

    @abstractmethod
    def state(self) -> BaseGroupChatManagerState:
        """What `load` needs to go on from here, but for the thread and the turns taken."""

    @abstractmethod
    async def load(self, state: Mapping[str, Any]) -> BaseGroupChatManagerState:
        """Goes on from a saved state, but for the thread; nothing changes when it is invalid."""

    async def check_task(self, task: Sequence[BaseChatMessage]) -> None:  # noqa: B027 - optional
        """Refuses a task, by ValueError, that this team can't take up."""

    def finished(self) -> str | None:
        """Why there is nothing left to do, when the team itself knows an end."""
        return None

    async def forget(self) -> None:
        """Starts afresh."""
        self.conversation.forget()
        self.turns_taken = 0
        if self.rules.termination_condition is not None:
            await self.rules.termination_condition.reset()

    def pause(self) -> None:
        """Holds the conversation before its next turn."""
        if self._resumed is None:
            self._resumed = asyncio.Event()

    def resume(self) -> None:
        """Ends a pause."""
        if self._resumed is not None:
            self._resumed.set()
            self._resumed = None

    async def converse(
        self, task: Sequence[BaseChatMessage], token: CancellationToken, show_task: bool
    ) -> AsyncGenerator[Utterance | Ending, None]:
        """Yields what is said and done, and finally why it ended."""
        if self._is_over():
            yield Ending("The group chat has already terminated.")
            return
        await self.check_task(task)
        self.conversation.announce(task)
        for message in task if show_task else ():
            yield message
        reason = await self._reason_to_stop(task, turns=0) if task else None
        is_first = True
        while reason is None:
            choice = Choice()
            turn = self._turn(choice, token, is_first)
            try:
                async for utterance in turn:
                    yield utterance
            finally:
                await turn.aclose()
            reason = choice.ending
            is_first = False
        yield Ending(reason)

    async def _turn(
        self, choice: Choice, token: CancellationToken, is_first: bool
    ) -> AsyncGenerator[Utterance, None]:
        """Yields what happens in one turn, and notes in the choice whether it was the last."""
        standing = Standing(self._agent_id, (*standing_at.get(), self.name), token)
        try:
            if self._resumed is not None:
                with standing:
                    await self._resumed.wait()
            if self.announces:
                async for event in _stepping(self.choose(choice), standing):
                    yield event
            else:
                with standing:
                    choice.speakers = await self.select_speakers(self.conversation.thread)
        except Exception as error:
            if is_first:
                raise
            raise team_error(error) from error
        if choice.speakers and self.rules.emit_team_events:
            yield SelectSpeakerEvent(content=list(choice.speakers), source=self.name)
        turns = self.conversation.begin(choice.speakers)
        speeches = self._speeches(turns, token)
        try:
            async for utterance in speeches:
                yield utterance
        finally:
            await speeches.aclose()
        choice.ending = await self._reason_after(turns, choice)

    def _speeches(
        self, turns: Sequence[Turn], token: CancellationToken
    ) -> AsyncGenerator[Utterance, None]:
        if len(turns) == 1:
            return self._speech(turns[0], token)
        return merged([self._speech(turn, token) for turn in turns])

    async def _speech(
        self, turn: Turn, token: CancellationToken
    ) -> AsyncGenerator[Utterance, None]:
        """Yields what one speaker says and does, and notes it in the turn."""
        self._turn_number += 1
        seat = self._seat_by_name[turn.speaker]
        path = (*standing_at.get(), f"{turn.speaker}#{self._turn_number}")
        standing = Standing(seat.agent_id, path, token)
        stream = seat.answer(self.conversation.unheard(turn.speaker), token)
        try:
            while True:
                with standing:
                    item = await anext(stream)
                for utterance in turn.note(item):
                    yield utterance
        except StopAsyncIteration:
            return
        except Exception as error:
            raise team_error(error) from error
        finally:
            await stream.aclose()

    def _is_over(self) -> bool:
        condition = self.rules.termination_condition
        if condition is None:
            return False
        if not condition.terminated:
            condition.on_run_start()
        return condition.terminated

    async def _reason_after(self, turns: Sequence[Turn], choice: Choice) -> str | None:
        try:
            if choice.ending is not None:
                return await self._settled(choice.ending)
            self.turn_over(turns)
            return await self._reason_to_stop(self.conversation.commit(turns), turns=1)
        except Exception as error:
            raise team_error(error) from error

    async def _reason_to_stop(self, delta: Sequence[Utterance], turns: int) -> str | None:
        """Why the team stops after what was just said; stopping makes it ready for the next run."""
        reason = await self._verdict(delta)
        if reason is None:
            self.turns_taken += turns
            reason = self.rules.exhausted_by(self.turns_taken)
        reason = reason or self.finished()
        return None if reason is None else await self._settled(reason)

    async def _settled(self, reason: str) -> str:
        """Makes everything ready for the next run."""
        self.turns_taken = 0
        if self.rules.termination_condition is not None:
            await self.rules.termination_condition.reset()
        return reason

    async def _verdict(self, delta: Sequence[Utterance]) -> str | None:
        if self.rules.termination_condition is None:
            return None
        stop = await self.rules.termination_condition(delta)
        return None if stop is None else stop.content


async def _stepping(
    stream: AsyncGenerator[Utterance, None], standing: Standing
) -> AsyncGenerator[Utterance, None]:
    """The stream, each step of it taken inside the standing."""
    try:
        while True:
            with standing:
                item = await anext(stream)
            yield item
    except StopAsyncIteration:
        return
    finally:
        await stream.aclose()
