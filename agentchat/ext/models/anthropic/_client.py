"""BaseAnthropicChatCompletionClient: asks the messages API through a client of the SDK."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final, Literal, TypeAlias

from anthropic import AsyncAnthropic, AsyncAnthropicBedrock, AsyncStream
from pydantic import BaseModel

from agentchat.core._cancellation import CancellationToken
from agentchat.core.models import CreateResult, LLMMessage, ModelInfo, validate_model_info
from agentchat.core.tools import Tool, ToolSchema
from agentchat.ext.models._assembling_client import AssemblingClient
from agentchat.ext.models._cache_key import Call
from agentchat.ext.models._called_client import warn_of_tolerance
from agentchat.ext.models._reading import Json
from agentchat.ext.models._reply_reader import ReplyReader
from agentchat.ext.models._requests import Request
from agentchat.ext.models._sdk_exchange import answer, events, opened_stream
from agentchat.ext.models.anthropic._kept_blocks import KeptBlocks
from agentchat.ext.models.anthropic._model_table import known_model_info, token_limit
from agentchat.ext.models.anthropic._reply import MessageReader
from agentchat.ext.models.anthropic._request import Settings, request_of

SdkClient: TypeAlias = AsyncAnthropic | AsyncAnthropicBedrock

_PATH: Final = "/v1/messages"


class BaseAnthropicChatCompletionClient(AssemblingClient):
    """Asks the messages API through a client of the Anthropic SDK.

    The client remembers what the API wants back unchanged, such as signed thinking before calls;
    a team that goes on in another process may hand it over by `save_state` and `load_state`.
    Without it the model does not think until the next message of a user.

    Args:
        client: The SDK's client; closed together with this one.
        create_args: Arguments of every call, `model` among them.
        model_info: What the model can do; needed for a model that is not in the table.

    Raises:
        ValueError: The model is not known, or can't do what the arguments ask for.
    """

    _reader_class = MessageReader

    def __init__(
        self,
        client: SdkClient,
        *,
        create_args: dict[str, Any],
        model_info: ModelInfo | None = None,
    ) -> None:
        model = str(create_args["model"])
        if model_info is None:
            model_info = known_model_info(model)
        validate_model_info(model_info)
        super().__init__(model, model_info, token_limit(model))
        self._client = client
        self._kept = KeptBlocks()
        self._settings = Settings(create_args, model_info, self._kept)
        self._tools_before: list[dict[str, Any]] = []

    def create_stream(  # noqa: PLR0913
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = [],
        tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
        json_output: bool | type[BaseModel] | None = None,
        extra_create_args: Mapping[str, Any] = {},
        cancellation_token: CancellationToken | None = None,
        max_consecutive_empty_chunk_tolerance: int = 0,
    ) -> AsyncGenerator[str | CreateResult, None]:
        """The model's answer as pieces of text, and at the end, once, the whole of it.

        Reasoning is among the pieces, between `<think>` and `</think>`.

        Args:
            messages: The conversation so far, oldest first.
            tools: What the model may call.
            tool_choice: Whether it must call a tool, may not, or which one it must call.
            json_output: As for `create`.
            extra_create_args: As for `create`.
            cancellation_token: Stops the call.
            max_consecutive_empty_chunk_tolerance: Deprecated, and without effect.

        Raises:
            ValueError: The model can't do what is asked for, or the arguments contradict.
            ModelReplyError: The reply can't be used; see its subclasses.
            anthropic.AnthropicError: The server refused, or could not be reached.
        """
        warn_of_tolerance(max_consecutive_empty_chunk_tolerance)
        call = Call(messages, tools, tool_choice, json_output, extra_create_args)
        return self._pieces(call, cancellation_token)

    async def close(self) -> None:
        """Closes the SDK's client and its connections."""
        await self._client.close()

    async def save_state(self) -> Mapping[str, Any]:
        """What the client remembers of answers that will be sent back, as JSON."""
        return {"type": "AnthropicClientState", "version": "1.0.0", "blocks": self._kept.save()}

    async def load_state(self, state: Mapping[str, Any]) -> None:
        """Remembers what another client of the same model has saved."""
        self._kept.load(state["blocks"])

    def cache_identity(self) -> dict[str, Any]:
        """What answers depend on beside the call: the address, and the settings of all calls."""
        return {
            "base_url": str(self._client.base_url),
            "arguments": dict(self._settings.arguments),
            "model_info": dict(self.model_info),
        }

    def _request_of(self, call: Call, *, stream: bool) -> Request:
        request = request_of(self._settings, call, self._tools_before, stream=stream)
        if call.tools:
            self._tools_before = request.body["tools"]
        return request

    async def _exchange(self, request: Request, token: CancellationToken | None) -> Json:
        return await answer(self._client, _PATH, request, token)

    async def _events(
        self, request: Request, token: CancellationToken | None
    ) -> AsyncGenerator[Json, None]:
        stream = await opened_stream(self._client, _PATH, request, AsyncStream[object], token)
        async with aclosing(events(stream, request.model, token)) as received:
            async for event in received:
                yield event

    def _finished(self, request: Request, reader: ReplyReader) -> CreateResult:
        result = super()._finished(request, reader)
        assert isinstance(reader, MessageReader)
        self._kept.keep(request.model, result.content, reader.blocks)
        return result
