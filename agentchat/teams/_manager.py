"""The loop of a team: who speaks, ask, listen, stop?"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, aclosing, contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from agentchat.base import TerminationCondition
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

    unfinished = 0
    """How many of the speakers are not through."""

    is_abandoned = False
    """Whether the turn was broken off because the team was asked to stop."""

    failure: Exception | None = None
    """What went wrong when the turn, which counts, was judged."""

    is_first = False
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
            # Before the task is shown: whoever sees it may save the team, or leave it there.
            reason = await self._reason_not_to_begin(task, watch)
            for message in task if show_task else ():
                yield message
            run = self._run(token, watch)
            choice = Choice()
            choice.is_first = True
            while reason is None:
                if watch.has_called:
                    # The condition was met from outside, while something was shown.
                    reason = await self._reason_to_stop((), 0, watch)
                    continue
                if self._resumed is not None:
                    with run.standing:
                        await self._resumed.wait()
                turn = self._turn(choice, run)
                try:
                    async for utterance in turn:
                        yield utterance
                finally:
                    await turn.aclose()
                if choice.failure is not None:
                    raise choice.failure
                reason = choice.ending
                choice = Choice()
            yield Ending(reason)

    def _run(self, token: CancellationToken, watch: Watch) -> _Run:
        place = (*standing_at.get(), self.name)
        return _Run(token, Standing(self._agent_id, place, token), watch)

    async def _turn(self, choice: Choice, run: _Run) -> AsyncGenerator[Utterance, None]:
        """Yields what happens in one turn, and notes in the choice whether it was the last."""
        if self.announces:
            async with aclosing(self._announced(choice, run)) as events:
                async for event in events:
                    yield event
        else:
            await self._chosen(choice, run)
        if choice.speakers and self.rules.emit_team_events:
            yield SelectSpeakerEvent(content=list(choice.speakers), source=self.name)
        turns = self.conversation.begin(choice.speakers)
        choice.unfinished = len(turns)
        speeches = (
            self._speech(turns[0], choice, run)
            if len(turns) == 1
            else self._speeches(turns, choice, run)
        )
        last_word: Utterance | None = None
        try:
            async for utterance in speeches:
                if last_word is not None:
                    yield last_word
                last_word = None if choice.unfinished else utterance
                if last_word is None:
                    yield utterance
        finally:
            await speeches.aclose()
            choice.ending = await self._reason_after(turns, choice, run.watch)
        # Now that the turn counts: whoever sees this may save the team, or leave it there.
        if last_word is not None:
            yield last_word

    async def _announced(self, choice: Choice, run: _Run) -> AsyncGenerator[Utterance, None]:
        """Fills in the choice, and yields what happens meanwhile."""
        try:
            async with aclosing(stepped(self.choose(choice), run.standing)) as events:
                async for event in events:
                    yield event
        except Exception as error:
            if choice.is_first:
                raise
            raise team_error(error) from error

    async def _chosen(self, choice: Choice, run: _Run) -> None:
        try:
            with run.standing:
                choice.speakers = await self.select_speakers(self.conversation.thread)
        except Exception as error:
            if choice.is_first:
                raise
            raise team_error(error) from error

    def _speeches(
        self, turns: Sequence[Turn], choice: Choice, run: _Run
    ) -> AsyncGenerator[Utterance, None]:
        speeches = [self._speech(turn, choice, run) for turn in turns]
        return side_by_side(speeches, len(speeches), run.token)

    async def _speech(
        self, turn: Turn, choice: Choice, run: _Run
    ) -> AsyncGenerator[Utterance, None]:
        """Yields what one speaker says and does; its answer when it is through."""
        self._turn_number += 1
        seat = self._seat_by_name[turn.speaker]
        place = (*standing_at.get(), f"{turn.speaker}#{self._turn_number}")
        standing = Standing(seat.agent_id, place, run.token)
        block: AbstractContextManager[None] = standing
        stream = seat.answer(self.conversation.unheard(turn.speaker), run.token)
        try:
            while True:
                with block:
                    item = await anext(stream)
                if not turn.takes(item):
                    yield item
                is_asking = type(item) is UserInputRequestedEvent
                block = _both(standing, run.watch.call) if is_asking else standing
        except StopAsyncIteration:
            turn.is_over = True
            choice.unfinished -= 1
        except asyncio.CancelledError:
            if run.token.is_cancelled() or not run.watch.called_off():
                raise
            choice.is_abandoned = True
        except Exception as error:
            raise team_error(error) from error
        finally:
            await stream.aclose()
        if turn.answer is not None:
            yield turn.answer

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
            if choice.ending is not None:
                return await self._settled(choice.ending)
            over = [turn for turn in turns if turn.is_over] if choice.unfinished else turns
            if choice.unfinished and not (over or choice.is_abandoned):
                return None
            _require_answers(over, self.roster.message_factory)
            if over:
                self.turn_over(over)
            delta = self.conversation.commit(over)
        except Exception as error:
            raise team_error(error) from error
        try:
            return await self._reason_to_stop(delta, 0 if choice.unfinished else 1, watch)
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
        self.turns_taken = 0
        if self.rules.termination_condition is not None:
            await self.rules.termination_condition.reset()
        return reason


@contextmanager
def _both(block: AbstractContextManager[None], token: CancellationToken) -> Iterator[None]:
    """The block, interrupted by a further token."""
    with block, token.interrupting():
        yield


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
