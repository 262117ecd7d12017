"""What all conditions have in common: stopping once."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from agentchat.base import TerminatedException, TerminationCondition
from agentchat.messages import BaseAgentEvent, BaseChatMessage, StopMessage


class Condition(TerminationCondition):
    """Stops once, and remembers it; a subclass only gives the reason."""

    _terminated = False

    @property
    def terminated(self) -> bool:
        return self._terminated

    async def __call__(
        self, messages: Sequence[BaseAgentEvent | BaseChatMessage]
    ) -> StopMessage | None:
        if self._terminated:
            raise TerminatedException
        reason = await self._reason_to_stop(messages)
        if reason is None:
            return None
        self._terminated = True
        return StopMessage(content=reason, source=type(self).__name__)

    @abstractmethod
    async def _reason_to_stop(
        self, messages: Sequence[BaseAgentEvent | BaseChatMessage]
    ) -> str | None:
        """Why to stop after these new messages; None goes on."""

    async def reset(self) -> None:
        self._terminated = False

    async def save_state(self) -> Mapping[str, Any]:
        return {**await super().save_state(), "terminated": self._terminated}

    async def load_state(self, state: Mapping[str, Any]) -> None:
        await super().load_state(state)
        self._terminated = state["terminated"]
