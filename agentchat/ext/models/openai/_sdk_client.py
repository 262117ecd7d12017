"""What the clients that ask through OpenAI's SDK have in common."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

from openai import AsyncOpenAI, BadRequestError

from agentchat.core._cancellation import CancellationToken
from agentchat.core.models import LLMMessage
from agentchat.core.tools import Tool, ToolSchema
from agentchat.ext.models._assembling_client import AssemblingClient
from agentchat.ext.models._reading import Json
from agentchat.ext.models._requests import Request
from agentchat.ext.models._sdk_exchange import answer, opened_stream
from agentchat.ext.models.openai._event_stream import EventStream
from agentchat.ext.models.openai._exchange import (
    PATH,
    chunks,
    refuses_usage,
    speaks_of_usage,
    with_usage,
)
from agentchat.ext.models.openai._model_table import token_limit
from agentchat.ext.models.openai._reply import ChatCompletionReader
from agentchat.ext.models.openai._request import Settings
from agentchat.ext.models.openai._tokens import count_tokens


class SdkClient(AssemblingClient):
    """Asks through a client of the SDK.

    Args:
        client: The SDK's client; closed together with this one.
        settings: What all requests have in common.
    """

    def __init__(self, client: AsyncOpenAI, settings: Settings) -> None:
        super().__init__(settings.model, settings.model_info, token_limit(settings.model))
        self._client = client
        self._settings = settings

    async def close(self) -> None:
        """Closes the SDK's client and its connections."""
        await self._client.close()

    def count_tokens(
        self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []
    ) -> int:
        """How many tokens a chat completion takes; an estimate without tiktoken's table on disk."""
        return count_tokens(
            messages, tools, model=self.model_name, style=self._settings.style(self.model_name)
        )

    def cache_identity(self) -> dict[str, Any]:
        """What answers depend on beside the call: the address, and the settings of all calls."""
        return {"base_url": str(self._client.base_url), "settings": vars(self._settings)}


class ChatCompletionsClient(SdkClient):
    """Asks a chat completions API."""

    _reader_class = ChatCompletionReader

    def __init__(self, client: AsyncOpenAI, settings: Settings) -> None:
        super().__init__(client, settings)
        self._server_reports_usage = True

    async def _exchange(self, request: Request, token: CancellationToken | None) -> Json:
        return await answer(self._client, PATH, request, token)

    async def _events(
        self, request: Request, token: CancellationToken | None
    ) -> AsyncGenerator[Json, None]:
        stream = await self._opened(request, token)
        async with aclosing(chunks(stream, request.model, token)) as received:
            async for chunk in received:
                yield chunk

    async def _opened(self, request: Request, token: CancellationToken | None) -> EventStream:
        """The stream, with usage in it unless somebody said otherwise, or the server can't."""
        if self._server_reports_usage and not speaks_of_usage(request):
            try:
                return await self._streamed(with_usage(request), token)
            except BadRequestError as error:
                if not refuses_usage(error):
                    raise
            self._server_reports_usage = False
        return await self._streamed(request, token)

    async def _streamed(self, request: Request, token: CancellationToken | None) -> EventStream:
        stream: EventStream = await opened_stream(self._client, PATH, request, EventStream, token)
        return stream
