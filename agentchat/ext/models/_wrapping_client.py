"""WrappingClient: a client that asks another, and is like it in all that it does not change."""

from collections.abc import Sequence
from typing import Any

from agentchat.core._component import ComponentModel
from agentchat.core.models import ChatCompletionClient, LLMMessage, ModelInfo, RequestUsage
from agentchat.core.tools import Tool, ToolSchema
from agentchat.ext.models._cache_key import identity_of
from agentchat.ext.models._called_client import CalledClient


class WrappingClient(CalledClient):
    """Asks one client.

    Args:
        client: Who is asked; closed together with this one.
    """

    def __init__(self, client: ChatCompletionClient) -> None:
        self.client = client

    async def close(self) -> None:
        """Closes the client."""
        await self.client.close()

    def actual_usage(self) -> RequestUsage:
        """What the client has spent."""
        return self.client.actual_usage()

    def total_usage(self) -> RequestUsage:
        """What the client has spent, as it counts it."""
        return self.client.total_usage()

    def count_tokens(
        self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []
    ) -> int:
        """As the client counts them."""
        return self.client.count_tokens(messages, tools=tools)

    def remaining_tokens(
        self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []
    ) -> int:
        """As the client counts them."""
        return self.client.remaining_tokens(messages, tools=tools)

    def cache_identity(self) -> dict[str, Any]:
        """The client's own: in what way it is asked does not change its answers."""
        return {"client": identity_of(self.client).decode()}

    @property
    def model_info(self) -> ModelInfo:
        """What the client's model can do."""
        return self.client.model_info

    @property
    def model_name(self) -> str:
        """What prices and ledgers call the client's model; its class, where it does not say."""
        return name_of(self.client)


class TransparentClient(WrappingClient):
    """Takes note of what one client is asked; nobody shall notice, nor save it."""

    @property
    def answers_as(self) -> ChatCompletionClient:
        """The client."""
        return self.client

    def dump_component(self) -> ComponentModel:
        """The configuration of the client itself."""
        return self.client.dump_component()


def name_of(client: ChatCompletionClient) -> str:
    """What prices and ledgers call a client's model; its class, where it does not say."""
    return str(getattr(client, "model_name", type(client).__name__))
