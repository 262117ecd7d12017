"""The loop of a team: who speaks, ask, listen, stop?"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from copy import copy
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from agentchat.base import TerminationCondition
from agentchat.core import AgentId, CancellationToken
from agentchat.core._strands import out_of
from agentchat.core._streams import side_by_side, stepped
from agentchat.core._telemetry import configured_provider
from agentchat.core._traced_stream import invoked
from agentchat.core._world import standing_at
from agentchat.messages import (
    BaseChatMessage,
    MessageFactory,
    SelectSpeakerEvent,
)
from agentchat.state import BaseGroupChatManagerState
from agentchat.teams._conversation import Conversation, Turn, Utterance
from agentchat.teams._seat import Seat, Standing, team_error
from agentchat.teams._speech import Speech, aloud
from agentchat.teams._watch import Watch

_NOBODY_SPEAKS = "The group chat is stopped."


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
    """Who speaks in the turn in hand; filled in while it is made, turn by turn."""

    speakers: Sequence[str] = ()
    ending: str | None = None
    """Why nobody speaks any more."""

    last_word: Utterance | None = None
    """What the manager says to that; shown when the run has come to its end."""

    failure: Exception | None = None
    """What went wrong when the turn, which counts, was judged."""

    is_first = True
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

    traces: bool
    """Whether somebody traces what agents do."""


class GroupChatManager(ABC):
    """Runs the turns of a team; a subclass decides who speaks.

    What a speaker says counts once it is through. When it fails or is cancelled, it is as if it
    had not been asked, and the next run asks it again; those beside it that are through are not.
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
        self.has_ended: bool | None = None
        """Whether the last run came to its own end; None when a loaded state does not tell."""

        self._in_hand: Sequence[Turn] = ()
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

    @property
    def is_between_runs(self) -> bool:
        """Whether the last run, also one whose result nobody waited for, came to its own end."""
        thread = self.conversation.thread
        if not thread or self.has_ended is not None:
            return bool(thread and self.has_ended)
        # What the manager says itself, such as an instruction, belongs to a turn under way.
        return self.turns_taken == 0 and thread[-1].source != self.name

    def twin(self) -> Self:
        """One at the same place, which may go on without this one."""
        twin = copy(self)
        twin.conversation = self.conversation.twin()
        return twin

    def as_if_broken_off(self) -> Self:
        """Where the next run would begin if the turn in hand was broken off now."""
        over = [turn for turn in self._in_hand if turn.is_over]
        if not over:
            return self
        twin = self.twin()
        twin.turn_over(over)
        twin.conversation.commit(over)
        return twin

    async def check_task(self, task: Sequence[BaseChatMessage]) -> None:  # noqa: B027 - optional
        """Refuses a task, by ValueError, that this team can't take up."""

    def finished(self) -> str | None:
        """Why there is nothing left to do, when the team itself knows an end."""
        return None

    async def forget(self) -> None:
        """Starts afresh."""
        self.has_ended = None
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
        with Watch(condition, token) as watch:
            self.has_ended = False
            self.conversation.announce(task)
            # Before the task is shown: whoever sees it may save the team, or leave it there.
            reason = await self._reason_not_to_begin(task, watch)
            for message in task if show_task else ():
                yield message
            choice = Choice()
            choice.ending = reason
            async with aclosing(self._turns(choice, self._run(token, watch))) as turns:
                async for item in turns:
                    yield item
            assert choice.ending is not None  # Else it would go on.
            if choice.last_word is not None:
                yield choice.last_word
            yield Ending(choice.ending)

    def _run(self, token: CancellationToken, watch: Watch) -> _Run:
        place = (*standing_at.get(), self.name)
        standing = Standing(self._agent_id, place, token)
        return _Run(token, standing, watch, configured_provider() is not None)

    async def _turns(self, choice: Choice, run: _Run) -> AsyncGenerator[Utterance, None]:
        while await self._goes_on(choice, run):
            if self.announces or self.rules.emit_team_events:
                async with aclosing(self._announced(choice, run)) as events:
                    async for event in events:
                        yield event
            else:
                await self._chosen(choice, run)
            choice.is_first = False
            turns = self.conversation.begin(choice.speakers)
            speeches = self._speeches(turns, run)
            self._in_hand = turns
            try:
                async for utterance in speeches:
                    yield utterance
            finally:
                await speeches.aclose()
                self._in_hand = ()
                choice.ending = await self._reason_after(turns, choice, run.watch)
            # Now that the turn counts: whoever sees this may save the team, or leave it there.
            for turn in turns:
                if turn.answer is not None and turn.answered is None:
                    yield turn.answer
                elif turn.answer is not None:
                    with out_of(turn.answered):
                        yield turn.answer

    async def _goes_on(self, choice: Choice, run: _Run) -> bool:
        """Whether there is another turn; returns when the team is not paused."""
        if choice.failure is not None:
            raise choice.failure
        while choice.ending is None and run.watch.has_called:
            # The condition was met from outside, while something was shown.
            choice.ending = await self._reason_to_stop((), 0, run.watch)
        if choice.ending is not None:
            return False
        choice.speakers = ()
        if self._resumed is not None:
            with run.standing:
                await self._resumed.wait()
        return True

    async def _announced(self, choice: Choice, run: _Run) -> AsyncGenerator[Utterance, None]:
        """Fills in the choice, and yields what happens meanwhile, and who it fell on."""
        if self.announces:
            try:
                async with aclosing(stepped(self.choose(choice), run.standing)) as events:
                    async for event in events:
                        yield event
            except Exception as error:
                if choice.is_first:
                    raise
                raise team_error(error) from error
        else:
            await self._chosen(choice, run)
        if choice.speakers and self.rules.emit_team_events:
            yield SelectSpeakerEvent(content=list(choice.speakers), source=self.name)

    async def _chosen(self, choice: Choice, run: _Run) -> None:
        try:
            with run.standing:
                choice.speakers = await self.select_speakers(self.conversation.thread)
        except Exception as error:
            if choice.is_first:
                raise
            raise team_error(error) from error

    def _speeches(
        self, turns: Sequence[Turn], run: _Run
    ) -> Speech | AsyncGenerator[Utterance, None]:
        """What all speakers of a turn say and do, as it comes."""
        if len(turns) == 1:
            return self._speech(turns[0], run)
        speeches = [aloud(self._speech(turn, run), turn, turns) for turn in turns]
        return side_by_side(speeches, len(speeches), run.token)

    def _speech(self, turn: Turn, run: _Run) -> Speech:
        self._turn_number += 1
        seat = self._seat_by_name[turn.speaker]
        place = (*standing_at.get(), f"{turn.speaker}#{self._turn_number}")
        stream = seat.answer(self.conversation.unheard(turn.speaker), run.token)
        if run.traces and not seat.is_team:
            stream = invoked(stream, seat.name, seat.description, seat.agent_id)
        return Speech(turn, stream, Standing(seat.agent_id, place, run.token), run.watch)

    async def _reason_not_to_begin(
        self, task: Sequence[BaseChatMessage], watch: Watch
    ) -> str | None:
        if not task or not self.task_may_end:
            return None
        return await self._reason_to_stop(task, 0, watch)

    async def _reason_after(
        self, turns: Sequence[Turn], choice: Choice, watch: Watch
    ) -> str | None:
        """Why the team stops after a turn; of one that was broken off, what is over counts."""
        try:
            if not turns:
                return await self._settled(choice.ending or self.finished() or _NOBODY_SPEAKS)
            over = [turn for turn in turns if turn.is_over]
            is_whole = len(over) == len(turns)
            if not (is_whole or over or any(turn.is_called_off for turn in turns)):
                return None
            _require_answers(over, self.roster.message_factory)
            if over:
                self.turn_over(over)
            delta = self.conversation.commit(over)
        except Exception as error:
            raise team_error(error) from error
        try:
            return await self._reason_to_stop(delta, 1 if is_whole else 0, watch)
        except Exception as error:
            choice.failure = team_error(error)
            choice.failure.__cause__ = error
            return None

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
        self.has_ended = True
        self.turns_taken = 0
        if self.rules.termination_condition is not None:
            await self.rules.termination_condition.reset()
        return reason


def _require_answers(turns: Sequence[Turn], factory: MessageFactory) -> None:
    for turn in turns:
        if not turn.is_answered:
            raise RuntimeError(
                "The agent did not produce a final response. "
                "Check the agent's on_messages_stream method."
            )
        for message in turn.said:
            # A state that holds such a message could not be loaded.
            if not factory.is_registered(type(message)):
                raise ValueError(
                    f"Message type {type(message)} is not registered with the message factory. "
                    f"Declare it in the produced_message_types of {turn.speaker!r}, or add it to "
                    "the custom_message_types list when creating the team."
                )
