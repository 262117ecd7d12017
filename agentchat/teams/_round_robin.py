"""RoundRobinGroupChat: one after the other."""

from collections.abc import Mapping, Sequence
from typing import Any

from agentchat.base import ChatAgent, Team, TerminationCondition
from agentchat.core import AgentRuntime
from agentchat.messages import BaseAgentEvent, BaseChatMessage
from agentchat.state import RoundRobinManagerState
from agentchat.teams._conversation import Turn, Utterance
from agentchat.teams._group_chat import BaseGroupChat
from agentchat.teams._manager import GroupChatManager, Roster, Rules


class RoundRobinGroupChatManager(GroupChatManager):
    """Lets the participants speak in the order of the list, over and over."""

    def __init__(self, name: str, roster: Roster, rules: Rules) -> None:
        super().__init__(name, roster, rules)
        self._names = roster.names
        self._next = 0

    async def select_speakers(self, thread: Sequence[Utterance]) -> Sequence[str]:
        return (self._names[self._next],)

    def turn_over(self, turns: Sequence[Turn]) -> None:
        self._next = (self._next + 1) % len(self._names)

    async def forget(self) -> None:
        await super().forget()
        self._next = 0

    def state(self) -> RoundRobinManagerState:
        return RoundRobinManagerState(next_speaker_index=self._next)

    async def load(self, state: Mapping[str, Any]) -> RoundRobinManagerState:
        loaded = RoundRobinManagerState.model_validate(state)
        self._next = loaded.next_speaker_index
        return loaded


class RoundRobinGroupChat(BaseGroupChat):
    """A team whose participants speak one after the other.

    The order goes on across runs; `reset` starts again with the first.

    Args:
        participants: Agents, or teams, with names of their own.
        name: Of the team, when it takes part in another.
        description: What the team can do, for those who choose a speaker.
        termination_condition: Ends a run; without it and without `max_turns` a run never ends.
        max_turns: Ends a run after so many turns.
        runtime: Where the participants live as actors; by default they are called directly.
        custom_message_types: Kinds of message that no participant declares to produce.
        emit_team_events: Whether the stream tells who was chosen to speak.

    Raises:
        ValueError: There are no participants, or two have the same name.
    """

    def __init__(  # noqa: PLR0913 - upstream's signature
        self,
        participants: Sequence[ChatAgent | Team],
        *,
        name: str | None = None,
        description: str | None = None,
        termination_condition: TerminationCondition | None = None,
        max_turns: int | None = None,
        runtime: AgentRuntime | None = None,
        custom_message_types: Sequence[type[BaseAgentEvent | BaseChatMessage]] | None = None,
        emit_team_events: bool = False,
    ) -> None:
        super().__init__(
            name=name or "RoundRobinGroupChat",
            description=description or "A team of agents.",
            participants=participants,
            group_chat_manager_name="RoundRobinGroupChatManager",
            group_chat_manager_class=RoundRobinGroupChatManager,
            termination_condition=termination_condition,
            max_turns=max_turns,
            runtime=runtime,
            custom_message_types=custom_message_types,
            emit_team_events=emit_team_events,
        )
