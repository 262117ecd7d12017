"""What a team promises."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel

from agentchat.base._task import TaskRunner
from agentchat.core import ComponentBase


class Team(ABC, TaskRunner, ComponentBase[BaseModel]):
    """Agents that work on a task together."""

    component_type: ClassVar[str] = "team"

    @property
    @abstractmethod
    def name(self) -> str:
        """Unique among the participants of an outer team."""

    @property
    @abstractmethod
    def description(self) -> str:
        """What the team can do, for those who choose a speaker."""

    @abstractmethod
    async def reset(self) -> None:
        """Forgets the conversation, in the team and in each participant."""

    @abstractmethod
    async def pause(self) -> None:
        """Asks the team to hold until `resume`."""

    @abstractmethod
    async def resume(self) -> None:
        """Lets a paused team go on."""

    @abstractmethod
    async def save_state(self) -> Mapping[str, Any]:
        """What `load_state` needs to go on from here, as JSON values."""

    @abstractmethod
    async def load_state(self, state: Mapping[str, Any]) -> None:
        """Goes on from a saved state; what was there before is replaced."""
