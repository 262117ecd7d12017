"""The loop of a team: who speaks, ask, listen, stop?"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from agentchat.base import Response, TaskResult, TerminationCondition
from agentchat.core import AgentId, CancellationToken
from agentchat.core._streams import side_by_side, stepped
from agentchat.core._world import standing_at
from agentchat.messages import (
    BaseChatMessage,
    MessageFactory,
    SelectSpeakerEvent,
    UserInputRequestedEvent,
)
from agentchat.state import BaseGroupChatManagerState
from agentchat.teams._conversation import Conversation, Turn, Utterance
from agentchat.teams._seat import Seat, Standing, team_error
from agentchat.teams._watch import Watch


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

    speakers: Sequence[str] = ()
    ending: str | None = None
    """Why nobody speaks any more."""

    is_abandoned = False
    """Whether the turn was broken off because the team was asked to stop."""

    def __init__(self, is_first: bool = False) -> None:
        self.is_first = is_first
        """Whether it is the first of the run; its failure is the caller's, as it is."""


class Ending(NamedTuple):
    """The last item of a conversation's stream."""

    reason: str


class _Run(NamedTuple):
    """What all turns of a run share."""

    token: CancellationToken
    standing: Standing
    """Where speakers are chosen."""

    watch: Watch


class GroupChatManager(ABC):
    """Runs the turns of a team; a subclass decides who speaks.

    Nothing of a turn counts before it is over: when a speaker fails or is cancelled, the
    conversation and the choice of speakers are as they were, and the next run repeats the turn.
    """

    announces: bool = False
    """Whether something is shown while speakers are chosen; then `choose` is asked for them."""

    task_may_end: bool = True
    """Whether the termination condition is shown the task, so that it may be met at once."""

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
        condition = self.rules.termination_condition
        if condition is not None and condition.terminated:
            yield Ending("The group chat has already terminated.")
            return
        await self.check_task(task)
        with Watch(condition) as watch:
            self.conversation.announce(task)
            for message in task if show_task else ():
                yield message
            judged = task if self.task_may_end else ()
            reason = await self._reason_to_stop(judged, 0, watch) if judged else None
            place = (*standing_at.get(), self.name)
            run = _Run(token, Standing(self._agent_id, place, token), watch)
            choice = Choice(is_first=True)
            while reason is None:
                turn = self._turn(choice, run)
                try:
                    async for utterance in turn:
                        yield utterance
                finally:
                    await turn.aclose()
                reason = choice.ending
                choice = Choice()
            yield Ending(reason)

    async def _turn(self, choice: Choice, run: _Run) -> AsyncGenerator[Utterance, None]:
        """Yields what happens in one turn, and notes in the choice whether it was the last."""
        try:
            if self._resumed is not None:
                with run.standing:
                    await self._resumed.wait()
            if self.announces:
                async for event in stepped(self.choose(choice), run.standing):
                    yield event
            else:
                with run.standing:
                    choice.speakers = await self.select_speakers(self.conversation.thread)
        except Exception as error:
            if choice.is_first:
                raise
            raise team_error(error) from error
        if choice.speakers and self.rules.emit_team_events:
            yield SelectSpeakerEvent(content=list(choice.speakers), source=self.name)
        turns = self.conversation.begin(choice.speakers)
        speeches = self._speeches(turns, choice, run)
        try:
            async for utterance in speeches:
                yield utterance
        finally:
            await speeches.aclose()
        choice.ending = await self._reason_after(turns, choice, run.watch)

    def _speeches(
        self, turns: Sequence[Turn], choice: Choice, run: _Run
    ) -> AsyncGenerator[Utterance, None]:
        if len(turns) == 1:
            return self._speech(turns[0], choice, run)
        speeches = [self._speech(turn, choice, run) for turn in turns]
        return side_by_side(speeches, len(speeches), run.token)

    async def _speech(
        self, turn: Turn, choice: Choice, run: _Run
    ) -> AsyncGenerator[Utterance, None]:
        """Yields what one speaker says and does, and notes it in the turn."""
        self._turn_number += 1
        seat = self._seat_by_name[turn.speaker]
        path = (*standing_at.get(), f"{turn.speaker}#{self._turn_number}")
        standing = Standing(seat.agent_id, path, run.token)
        stream = seat.answer(self.conversation.unheard(turn.speaker), run.token)
        asks_a_person = False
        try:
            while True:
                if asks_a_person:
                    # Meanwhile the condition may be met from outside.
                    with standing, run.watch.call.interrupting():
                        item = await anext(stream)
                else:
                    with standing:
                        item = await anext(stream)
                asks_a_person = type(item) is UserInputRequestedEvent
                for utterance in self._noted(turn, item):
                    yield utterance
        except StopAsyncIteration:
            return
        except asyncio.CancelledError:
            if run.token.is_cancelled() or not run.watch.called_off():
                raise
            choice.is_abandoned = True
        except Exception as error:
            raise team_error(error) from error
        finally:
            await stream.aclose()

    def _noted(self, turn: Turn, item: Utterance | Response | TaskResult) -> Sequence[Utterance]:
        """Takes in what came out of a speaker, and returns what of it is shown."""
        shown = turn.note(item)
        if isinstance(item, Response | TaskResult):
            for kind in map(type, turn.said):
                if not self.roster.message_factory.is_registered(kind):
                    raise ValueError(
                        f"Message type {kind} is not registered with the message factory. "
                        f"Declare it in the produced_message_types of {turn.speaker!r}, or add it "
                        "to the custom_message_types list when creating the team."
                    )
        return shown

    async def _reason_after(
        self, turns: Sequence[Turn], choice: Choice, watch: Watch
    ) -> str | None:
        try:
            if choice.ending is not None:
                return await self._settled(choice.ending)
            if choice.is_abandoned:
                return await self._reason_to_stop((), 0, watch)
            _require_answers(turns)
            self.turn_over(turns)
            return await self._reason_to_stop(self.conversation.commit(turns), 1, watch)
        except Exception as error:
            raise team_error(error) from error

    async def _reason_to_stop(
        self, delta: Sequence[Utterance], turns: int, watch: Watch
    ) -> str | None:
        """Why the team stops after what was just said; stopping makes it ready for the next run."""
        reason = await watch.verdict(delta)
        if reason is None:
            self.turns_taken += turns
            reason = self.rules.exhausted_by(self.turns_taken)
        # Asked in any case: a team that is at its own end must begin anew in the next run.
        reason = self.finished() or reason
        return None if reason is None else await self._settled(reason)

    async def _settled(self, reason: str) -> str:
        """Makes everything ready for the next run."""
        self.turns_taken = 0
        if self.rules.termination_condition is not None:
            await self.rules.termination_condition.reset()
        return reason


def _require_answers(turns: Sequence[Turn]) -> None:
    if not all(turn.is_answered for turn in turns):
        raise RuntimeError(
            "The agent did not produce a final response. "
            "Check the agent's on_messages_stream method."
        )
