"""Swarm: whoever is handed the turn speaks."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from agentchat.base import ChatAgent, TerminationCondition
from agentchat.core import AgentRuntime
from agentchat.messages import BaseAgentEvent, BaseChatMessage, HandoffMessage
from agentchat.state import SwarmManagerState
from agentchat.teams._conversation import Turn, Utterance
from agentchat.teams._group_chat import BaseGroupChat, check_are_agents
from agentchat.teams._manager import GroupChatManager, Roster, Rules


class SwarmGroupChatManager(GroupChatManager):
    """Follows the handoffs; without a new one the same participant goes on."""

    def __init__(self, outsiders: Sequence[str], name: str, roster: Roster, rules: Rules) -> None:
        super().__init__(name, roster, rules)
        self._outsiders = outsiders
        self._names = roster.names
        self._start()

    def _start(self) -> None:
        self._speaker = self._names[0]
        # The latest handoff's target, and how much of the thread has been looked at for it.
        self._target: str | None = None
        self._looked = 0

    async def check_task(self, task: Sequence[BaseChatMessage]) -> None:
        target = _latest_target(task)
        if target is not None:
            if target not in self._names:
                raise ValueError(
                    f"The target {target} is not one of the participants {list(self._names)}. "
                    "If you are resuming Swarm with a new HandoffMessage make sure to set the "
                    "target to a valid participant as the target."
                )
            return
        target = self._followed(self.conversation.thread)
        if task and target in self._outsiders:
            return
        if target is not None and target not in self._names:
            raise ValueError(
                f"The existing handoff target {target} is not one of the participants "
                f"{list(self._names)}. If you are resuming Swarm with a new task make sure to "
                "include in your task a HandoffMessage with a valid participant as the target. "
                "For example, if you are resuming from a HandoffTermination, make sure the new "
                "task is a HandoffMessage with a valid participant as the target."
            )

    async def select_speakers(self, thread: Sequence[Utterance]) -> Sequence[str]:
        target = self._followed(thread)
        if target is not None and target not in self._names:
            raise ValueError(
                f"The turn was handed to {target!r}, who is not one of the participants "
                f"{list(self._names)}. To stop there and let somebody outside answer, give the "
                f"team a HandoffTermination({target!r})."
            )
        return (target or self._speaker,)

    def turn_over(self, turns: Sequence[Turn]) -> None:
        self._speaker = turns[-1].speaker

    async def forget(self) -> None:
        await super().forget()
        self._start()

    def state(self) -> SwarmManagerState:
        return SwarmManagerState(current_speaker=self._speaker)

    async def load(self, state: Mapping[str, Any]) -> SwarmManagerState:
        loaded = SwarmManagerState.model_validate(state)
        self._start()
        self._speaker = loaded.current_speaker
        return loaded

    def _followed(self, thread: Sequence[Utterance]) -> str | None:
        """Whom the turn is handed to, and who has not answered yet; only what is new is looked at.

        Of the participants the last one who spoke goes on, so that only an outsider's answer
        matters: it gives the turn back.
        """
        for message in thread[self._looked :]:
            if isinstance(message, HandoffMessage):
                self._target = message.target
            elif self._target in self._outsiders and isinstance(message, BaseChatMessage):
                self._target = None
        self._looked = len(thread)
        return self._target


def _latest_target(messages: Sequence[Utterance]) -> str | None:
    targets = [message.target for message in messages if isinstance(message, HandoffMessage)]
    return targets[-1] if targets else None


class Swarm(BaseGroupChat):
    """A team whose participants hand the turn to each other.

    The first participant begins. After a handoff to somebody outside the team, stopped by a
    `HandoffTermination`, the run goes on with a HandoffMessage to a participant as its task. When
    they are one of the `outsiders`, any other task is their answer, and goes to who had handed
    over to them.

    Args:
        participants: Agents; the first must be able to hand off.
        name: Of the team, when it takes part in another.
        description: What the team can do, for those who choose a speaker.
        termination_condition: Ends a run; without it and without `max_turns` a run never ends.
        max_turns: Ends a run after so many turns.
        runtime: Where the participants live as actors; by default they are called directly.
        custom_message_types: Kinds of message that no participant declares to produce.
        emit_team_events: Whether the stream tells who was chosen to speak.
        outsiders: Who may be handed the turn without taking part, such as `user`.

    Raises:
        TypeError: A participant is no agent.
        ValueError: There are no participants, two have the same name, or the first can't hand off.
    """

    def __init__(  # noqa: PLR0913 - upstream's signature, and one option more
        self,
        participants: Sequence[ChatAgent],
        *,
        name: str | None = None,
        description: str | None = None,
        termination_condition: TerminationCondition | None = None,
        max_turns: int | None = None,
        runtime: AgentRuntime | None = None,
        custom_message_types: Sequence[type[BaseAgentEvent | BaseChatMessage]] | None = None,
        emit_team_events: bool = False,
        outsiders: Sequence[str] | None = None,
    ) -> None:
        check_are_agents(participants)
        super().__init__(
            name=name or "Swarm",
            description=description or "A team of agents.",
            participants=participants,
            group_chat_manager_name="SwarmGroupChatManager",
            group_chat_manager_class=partial(SwarmGroupChatManager, tuple(outsiders or ())),
            termination_condition=termination_condition,
            max_turns=max_turns,
            runtime=runtime,
            custom_message_types=custom_message_types,
            emit_team_events=emit_team_events,
        )
        if HandoffMessage not in participants[0].produced_message_types:
            raise ValueError("The first participant must be able to produce a handoff messages.")
