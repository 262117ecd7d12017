"""What agents and teams save, and load to go on.

The fields that upstream has keep their names, so that its files load here and ours load there.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "AssistantAgentState",
    "BaseGroupChatManagerState",
    "BaseState",
    "ChatAgentContainerState",
    "MagenticOneOrchestratorState",
    "RoundRobinManagerState",
    "SelectorManagerState",
    "SocietyOfMindAgentState",
    "SwarmManagerState",
    "TeamState",
]


class BaseState(BaseModel):
    """Root of all saved states."""

    # States are rare: each builds its validator when it is first used.
    model_config: ClassVar[ConfigDict] = ConfigDict(defer_build=True)

    type: str = "BaseState"
    """The class that wrote it."""

    version: str = "1.0.0"
    """Of the form, not of the program."""


class AssistantAgentState(BaseState):
    """An assistant: what its model has been told."""

    type: str = "AssistantAgentState"
    llm_context: Mapping[str, Any] = Field(default_factory=lambda: {"messages": []})
    """The state of its model context."""


class TeamState(BaseState):
    """A team: its participants and its manager."""

    type: str = "TeamState"
    agent_states: Mapping[str, Any] = Field(default_factory=dict)
    """States by name of participant, and the manager's under the manager's name."""

    termination_condition: Mapping[str, Any] | None = None
    """State of the condition; None in what upstream wrote."""


class BaseGroupChatManagerState(BaseState):
    """What every manager remembers."""

    type: str = "BaseGroupChatManagerState"
    message_thread: list[Mapping[str, Any]] = Field(default_factory=list)
    """All messages and events so far, dumped."""

    current_turn: int = 0
    """Turns taken since the run began."""


class ChatAgentContainerState(BaseState):
    """A participant's seat."""

    type: str = "ChatAgentContainerState"
    agent_state: Mapping[str, Any] = Field(default_factory=dict)
    """The participant's own state."""

    message_buffer: list[Mapping[str, Any]] = Field(default_factory=list)
    """Messages, dumped, that the participant has not been given yet."""


class RoundRobinManagerState(BaseGroupChatManagerState):
    """The manager of a RoundRobinGroupChat."""

    type: str = "RoundRobinManagerState"
    next_speaker_index: int = 0
    """Position among the participants, from 0."""


class SelectorManagerState(BaseGroupChatManagerState):
    """The manager of a SelectorGroupChat."""

    type: str = "SelectorManagerState"
    previous_speaker: str | None = None


class SwarmManagerState(BaseGroupChatManagerState):
    """The manager of a Swarm."""

    type: str = "SwarmManagerState"
    current_speaker: str = ""


class MagenticOneOrchestratorState(BaseGroupChatManagerState):
    """The orchestrator of a MagenticOneGroupChat."""

    type: str = "MagenticOneOrchestratorState"
    task: str = ""
    facts: str = ""
    plan: str = ""
    n_rounds: int = 0
    n_stalls: int = 0


class SocietyOfMindAgentState(BaseState):
    """A SocietyOfMindAgent: its inner team."""

    type: str = "SocietyOfMindAgentState"
    inner_team_state: Mapping[str, Any] = Field(default_factory=dict)
