"""AgentProxy: an agent known by its id alone."""

from collections.abc import Awaitable, Mapping
from typing import Any

from agentchat.core._cancellation import CancellationToken
from agentchat.core._ids import AgentId, AgentMetadata
from agentchat.core._runtime import AgentRuntime


class AgentProxy:
    """Speaks to an agent through its runtime, wherever the agent itself may be.

    Args:
        agent: Who is meant.
        runtime: Where it lives.
    """

    def __init__(self, agent: AgentId, runtime: AgentRuntime) -> None:
        self._agent = agent
        self._runtime = runtime

    @property
    def id(self) -> AgentId:
        """Who is meant."""
        return self._agent

    @property
    def metadata(self) -> Awaitable[AgentMetadata]:
        """What may be told about the agent; to be awaited."""
        return self._runtime.agent_metadata(self._agent)

    async def send_message(
        self,
        message: Any,
        *,
        sender: AgentId,
        cancellation_token: CancellationToken | None = None,
        message_id: str | None = None,
    ) -> Any:
        """The agent's answer to a message; see `AgentRuntime.send_message`."""
        return await self._runtime.send_message(
            message,
            recipient=self._agent,
            sender=sender,
            cancellation_token=cancellation_token,
            message_id=message_id,
        )

    async def save_state(self) -> Mapping[str, Any]:
        """What the agent must remember."""
        return await self._runtime.agent_save_state(self._agent)

    async def load_state(self, state: Mapping[str, Any]) -> None:
        """Lets the agent remember."""
        await self._runtime.agent_load_state(self._agent, state)
