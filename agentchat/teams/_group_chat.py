"""BaseGroupChat: what every team offers its user - run, pause, resume, reset, save, load."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from typing import Any, ClassVar

from pydantic import BaseModel

from agentchat.base import ChatAgent, TaskResult, Team, TerminationCondition
from agentchat.core import AgentRuntime, CancellationToken, Component
from agentchat.core._world import new_id
from agentchat.messages import (
    BaseChatMessage,
    MessageFactory,
    ModelClientStreamingChunkEvent,
    TextMessage,
)
from agentchat.state import TeamState
from agentchat.teams._conversation import Utterance
from agentchat.teams._manager import Ending, GroupChatManager, Roster, Rules
from agentchat.teams._runtime_seat import RuntimeSeat
from agentchat.teams._seat import Seat, seat_of
from agentchat.teams._team_state import load, saved

Task = str | BaseChatMessage | Sequence[BaseChatMessage] | None


class BaseGroupChat(Team, Component[BaseModel]):
    """A team that shares one conversation; subclasses differ in who speaks next.

    Args:
        name: Of the team, when it takes part in another.
        description: What the team can do, for those who choose a speaker.
        participants: Agents, or teams, with names of their own.
        group_chat_manager_name: Names the manager in events and in saved states.
        group_chat_manager_class: Makes the manager that runs the turns.
        termination_condition: Ends a run; without it and without `max_turns` a run never ends.
        max_turns: Ends a run after so many turns.
        runtime: Where the participants live as actors; by default they are called directly.
        custom_message_types: Kinds of message that no participant declares to produce.
        emit_team_events: Whether the stream tells who was chosen to speak.

    Raises:
        ValueError: There are no participants, or two have the same name.
    """

    component_type: ClassVar[str] = "team"

    def __init__(  # noqa: PLR0913 - upstream's signature
        self,
        name: str,
        description: str,
        participants: Sequence[ChatAgent | Team],
        group_chat_manager_name: str,
        group_chat_manager_class: Callable[[str, Roster, Rules], GroupChatManager],
        termination_condition: TerminationCondition | None = None,
        max_turns: int | None = None,
        runtime: AgentRuntime | None = None,
        custom_message_types: Sequence[type[Utterance]] | None = None,
        emit_team_events: bool = False,
    ) -> None:
        _check_names(participants)
        self._name = name
        self._description = description
        self._participants = list(participants)
        self._manager_name = group_chat_manager_name
        self._manager_class = group_chat_manager_class
        self._termination_condition = termination_condition
        self._max_turns = max_turns
        self._emit_team_events = emit_team_events
        self._message_factory = _factory_of(participants, custom_message_types or ())
        self._runtime = runtime
        self._team_id = new_id("team")
        self._manager: GroupChatManager | None = None
        self._is_running = False

    @property
    def name(self) -> str:
        return self._name

    @property
    def description(self) -> str:
        return self._description

    @property
    def thread(self) -> Sequence[Utterance]:
        """Everything said and done in turns that are over; a new list after a reset or load."""
        return self._opened().conversation.thread

    @property
    def is_between_runs(self) -> bool:
        """Whether the last run, also one whose result nobody waited for, came to its own end."""
        return self._opened().is_between_runs

    async def run(
        self,
        *,
        task: Task = None,
        cancellation_token: CancellationToken | None = None,
        output_task_messages: bool = True,
    ) -> TaskResult:
        """Runs the team until it stops, and returns all that was said and done.

        A later run goes on with the conversation; `reset` forgets it.

        Args:
            task: Words of the `user`, a message, or several; None goes on.
            cancellation_token: Ends the run with `asyncio.CancelledError`, wherever it is.
            output_task_messages: Whether the result repeats the task.

        Raises:
            ValueError: The task is none, or the team is running already.
            RuntimeError: A participant failed. The error is its cause; the conversation is as
                if the participant had not been asked, and the next run asks it again.
        """
        result: TaskResult | None = None
        async for item in self.run_stream(
            task=task,
            cancellation_token=cancellation_token,
            output_task_messages=output_task_messages,
        ):
            if isinstance(item, TaskResult):
                result = item
        assert result is not None
        return result

    async def run_stream(
        self,
        *,
        task: Task = None,
        cancellation_token: CancellationToken | None = None,
        output_task_messages: bool = True,
    ) -> AsyncGenerator[Utterance | TaskResult, None]:
        """Like `run`, and yields each message and event as it comes; the result is the last item.

        Closing the stream stops the team at once.
        """
        await self._left_stream_closed()
        messages = self._messages_of(task)
        token = cancellation_token or CancellationToken()
        if token.is_cancelled():
            raise asyncio.CancelledError
        produced: list[Utterance] = []
        with self._running():
            conversation = self._opened().converse(messages, token, output_task_messages)
            async with aclosing(conversation):
                async for item in conversation:
                    if isinstance(item, Ending):
                        yield TaskResult(messages=produced, stop_reason=item.reason)
                        return
                    if not isinstance(item, ModelClientStreamingChunkEvent):
                        produced.append(item)
                    yield item

    async def reset(self) -> None:
        """Forgets the conversation, in the team and in each participant.

        Raises:
            RuntimeError: The team is running.
        """
        await self._left_stream_closed()
        if self._is_running:
            raise RuntimeError(
                "The group chat is currently running. It must be stopped before it can be reset."
            )
        with self._running():
            manager = self._opened()
            for seat in manager.roster.seats:
                await seat.reset()
            await manager.forget()

    async def pause(self) -> None:
        """Holds the team before its next turn, and tells the participants.

        Raises:
            RuntimeError: The team has never run.
        """
        self._started_manager("paused").pause()
        for participant in self._participants:
            if isinstance(participant, Team):
                await participant.pause()
            else:
                await participant.on_pause(CancellationToken())

    async def resume(self) -> None:
        """Lets a paused team go on, and tells the participants.

        Raises:
            RuntimeError: The team has never run.
        """
        self._started_manager("resumed").resume()
        for participant in self._participants:
            if isinstance(participant, Team):
                await participant.resume()
            else:
                await participant.on_resume(CancellationToken())

    async def save_state(self) -> Mapping[str, Any]:
        """What `load_state` needs to go on from here, as JSON values.

        A team may be saved while it runs: the state is the one before the turn in hand, with those
        who are through with it, if several speak at once, behind it.
        """
        state = await saved(self._opened().as_if_broken_off(), self._participants)
        return state.model_dump()

    async def load_state(self, state: Mapping[str, Any]) -> None:
        """Goes on from a saved state; what was there before is replaced.

        Raises:
            RuntimeError: The team is running.
            ValueError: The state is malformed, or is not one of this team's.
        """
        await self._left_stream_closed()
        if self._is_running:
            raise RuntimeError("The team cannot be loaded while it is running.")
        with self._running():
            read = TeamState.model_validate(state)
            await load(read, self._opened(), self._participants)

    def _to_config(self) -> BaseModel:
        """The constructor's arguments; name and description also where they are defaults."""
        return (
            super()
            ._to_config()
            .model_copy(update={"name": self._name, "description": self._description})
        )

    def _opened(self) -> GroupChatManager:
        """The manager; it is made when the team is first used."""
        if self._manager is None:
            self._manager = self._manager_class(
                self._manager_name,
                Roster(
                    self._team_id,
                    tuple(self._seat_of(each) for each in self._participants),
                    self._message_factory,
                ),
                Rules(self._termination_condition, self._max_turns, self._emit_team_events),
            )
        return self._manager

    def _seat_of(self, participant: ChatAgent | Team) -> Seat:
        if self._runtime is None:
            return seat_of(participant, self._team_id)
        return RuntimeSeat(participant, self._team_id, self._runtime)

    def _started_manager(self, verb: str) -> GroupChatManager:
        if self._manager is None:
            raise RuntimeError(
                f"The group chat has not been initialized. It must be run before it can be {verb}."
            )
        return self._manager

    async def _left_stream_closed(self) -> None:
        """Waits for the event loop to close a stream that somebody has left by `break`.

        It takes the loop one step to begin with that, and one to do it.
        """
        for _ in range(2):
            if self._is_running:
                await asyncio.sleep(0)

    @contextmanager
    def _running(self) -> Iterator[None]:
        if self._is_running:
            raise ValueError(
                "The team is already running, it cannot run again until it is stopped."
            )
        self._is_running = True
        try:
            yield
        finally:
            self._is_running = False

    def _messages_of(self, task: Task) -> list[BaseChatMessage]:
        messages = _as_messages(task)
        for message in messages:
            if not self._message_factory.is_registered(type(message)):
                raise ValueError(
                    f"Message type {type(message)} is not registered with the message factory. "
                    "Please register it with the message factory by adding it to the "
                    "custom_message_types list when creating the team."
                )
        return messages


def _as_messages(task: Task) -> list[BaseChatMessage]:
    if task is None:
        return []
    if isinstance(task, str):
        return [TextMessage(content=task, source="user")]
    if isinstance(task, BaseChatMessage):
        return [task]
    if not isinstance(task, Sequence):
        raise ValueError("Task must be a string, a BaseChatMessage, or a list of BaseChatMessage.")  # noqa: TRY004 - upstream's class
    if not task:
        raise ValueError("Task list cannot be empty.")
    messages = [message for message in task if isinstance(message, BaseChatMessage)]
    if len(messages) < len(task):
        raise ValueError("All messages in task list must be valid BaseChatMessage types")
    return messages


def check_are_agents(participants: Sequence[ChatAgent]) -> None:
    """Refuses, by TypeError, a team among the participants where only agents may sit."""
    for participant in participants:
        if not isinstance(participant, ChatAgent):
            raise TypeError(f"Participant {participant} must be a ChatAgent.")


def _check_names(participants: Sequence[ChatAgent | Team]) -> None:
    if not participants:
        raise ValueError("At least one participant is required.")
    names = [participant.name for participant in participants]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(
            f"The participant names must be unique. Given more than once: {', '.join(repeated)}."
        )


def _factory_of(
    participants: Sequence[ChatAgent | Team], custom: Sequence[type[Utterance]]
) -> MessageFactory:
    """A factory that knows the custom kinds, and what the participants declare to produce."""
    factory = MessageFactory()
    for kind in custom:
        factory.register(kind)
    for participant in participants:
        for kind in _produced_by(participant):
            if not factory.is_registered(kind):
                factory.register(kind)
    return factory


def _produced_by(participant: ChatAgent | Team) -> Sequence[type[Any]]:
    if isinstance(participant, BaseGroupChat):
        return [kind for each in participant._participants for kind in _produced_by(each)]
    return participant.produced_message_types if isinstance(participant, ChatAgent) else ()
