"""WrappingClient: a client that asks another, and is like it in all that it does not change."""

from collections.abc import Sequence

from agentchat.core.models import ChatCompletionClient, LLMMessage, ModelInfo, RequestUsage
from agentchat.core.tools import Tool, ToolSchema
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

    @property
    def model_info(self) -> ModelInfo:
        """What the client's model can do."""
        return self.client.model_info

    @property
    def model_name(self) -> str:
        """What prices and ledgers call the client's model; its class, where it does not say."""
        return name_of(self.client)


def name_of(client: ChatCompletionClient) -> str:
    """What prices and ledgers call a client's model; its class, where it does not say."""
    return str(getattr(client, "model_name", type(client).__name__))
