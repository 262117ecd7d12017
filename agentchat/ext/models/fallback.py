"""FallbackChatCompletionClient: asks the next model when one can't answer."""

import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any, ClassVar

from pydantic import BaseModel

from agentchat.core._cancellation import CancellationToken
from agentchat.core._component import Component
from agentchat.core.logging import EVENT_LOGGER_NAME
from agentchat.core.models import (
    ChatCompletionClient,
    CreateResult,
    LLMMessage,
    ModelFamily,
    ModelInfo,
    RequestUsage,
)
from agentchat.core.tools import Tool, ToolSchema
from agentchat.ext.models._cache_key import Call, identity_of
from agentchat.ext.models._called_client import CalledClient
from agentchat.ext.models._errors import ModelReplyError
from agentchat.ext.models._events import ModelCallEvent
from agentchat.ext.models._transience import is_transient, status_of
from agentchat.ext.models._wrapping_client import name_of

__all__ = ["FallbackChatCompletionClient", "is_the_models_own"]

logger: logging.Logger = logging.getLogger(EVENT_LOGGER_NAME)


def is_the_models_own(error: Exception) -> bool:
    """Whether another model may do better: a refusal, an unfit answer, a broken connection.

    A call that is wrong in itself, such as one with contradicting arguments, stays wrong.
    """
    return isinstance(error, ModelReplyError) or status_of(error) is not None or is_transient(error)


class FallbackChatCompletionClient(CalledClient, Component[BaseModel]):
    """Asks clients in their order until one has an answer, each call from the first on.

    When none has, the last error is raised as it is, with a note of each before it. Every client
    is handed the same call: arguments that only one of them knows belong to its construction.

    Args:
        clients: The preferred one first; all are closed together with this one.
        falls_through: After which errors the next client is asked; `is_the_models_own` unless
            given. To be patient with a client first, wrap it in a RetryingChatCompletionClient.

    Raises:
        ValueError: There are no clients.
    """

    component_type: ClassVar[str] = "model"
    component_provider_override: ClassVar[str] = (
        "agentchat.ext.models.fallback.FallbackChatCompletionClient"
    )

    def __init__(
        self,
        clients: Sequence[ChatCompletionClient],
        falls_through: Callable[[Exception], bool] | None = None,
    ) -> None:
        if not clients:
            raise ValueError("FallbackChatCompletionClient needs at least one client")
        self.clients: list[ChatCompletionClient] = list(clients)
        self._falls_through = falls_through or is_the_models_own

    async def _answer(self, call: Call, token: CancellationToken | None) -> CreateResult:
        failures: list[str] = []
        clients = iter(self.clients)
        while True:
            client = next(clients)
            try:
                return await client.create(
                    call.messages, **call.options(), cancellation_token=token
                )
            except Exception as error:
                if not self._goes_on_after(error, client, failures):
                    raise

    async def _pieces(
        self, call: Call, token: CancellationToken | None
    ) -> AsyncGenerator[str | CreateResult, None]:
        """The pieces of the first client that has one; after a piece an error is the reader's."""
        failures: list[str] = []
        has_begun = False
        for client in self.clients:
            stream = client.create_stream(call.messages, **call.options(), cancellation_token=token)
            try:
                async with aclosing(stream):
                    async for piece in stream:
                        has_begun = True
                        yield piece
            except Exception as error:
                if has_begun or not self._goes_on_after(error, client, failures):
                    raise
            else:
                return

    async def close(self) -> None:
        """Closes all clients."""
        for client in self.clients:
            await client.close()

    def actual_usage(self) -> RequestUsage:
        """What all clients have spent."""
        return _sum_of([client.actual_usage() for client in self.clients])

    def total_usage(self) -> RequestUsage:
        """What all clients have spent, as they count it."""
        return _sum_of([client.total_usage() for client in self.clients])

    def count_tokens(
        self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []
    ) -> int:
        """As the client counts them that needs most."""
        return max(client.count_tokens(messages, tools=tools) for client in self.clients)

    def remaining_tokens(
        self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []
    ) -> int:
        """What is left for each of them."""
        return min(client.remaining_tokens(messages, tools=tools) for client in self.clients)

    def cache_identity(self) -> dict[str, Any]:
        """All clients' own, in their order."""
        return {"clients": [identity_of(client).decode() for client in self.clients]}

    @property
    def model_info(self) -> ModelInfo:
        """What all the models can do; of no family, unless of the same."""
        infos = [client.model_info for client in self.clients]
        families = {info["family"] for info in infos}
        return ModelInfo(
            vision=all(info["vision"] for info in infos),
            function_calling=all(info["function_calling"] for info in infos),
            json_output=all(info["json_output"] for info in infos),
            family=infos[0]["family"] if len(families) == 1 else ModelFamily.UNKNOWN,
            structured_output=all(info.get("structured_output", False) for info in infos),
            multiple_system_messages=all(info.get("multiple_system_messages") for info in infos),
        )

    @property
    def model_name(self) -> str:
        """What prices and ledgers call the preferred model."""
        return name_of(self.clients[0])

    def _goes_on_after(
        self, error: Exception, client: ChatCompletionClient, failures: list[str]
    ) -> bool:
        """Whether there is another client to ask; the last error tells of those before it."""
        failures.append(f"{name_of(client)}: {type(error).__name__}: {error}")
        if not self._falls_through(error) or len(failures) == len(self.clients):
            for failure in failures[:-1]:
                error.add_note(f"Before that, {failure}")
            return False
        if logger.isEnabledFor(logging.INFO):
            logger.info(ModelCallEvent("LLMFallback", model=name_of(client), error=failures[-1]))
        return True


def _sum_of(usages: Sequence[RequestUsage]) -> RequestUsage:
    return RequestUsage(
        prompt_tokens=sum(usage.prompt_tokens for usage in usages),
        completion_tokens=sum(usage.completion_tokens for usage in usages),
    )
