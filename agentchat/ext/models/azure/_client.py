"""AzureAIChatCompletionClient: asks a model on Azure AI, or one of GitHub's.

What they speak is the chat completions API at another address, with another way to prove who asks.
So the OpenAI SDK sends the requests, and the room beside this one writes and reads them.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final, Unpack
from urllib.parse import urlsplit

from azure.core.credentials import AzureKeyCredential
from azure.core.credentials_async import AsyncTokenCredential
from openai import AsyncOpenAI, BadRequestError

from agentchat.core._cancellation import CancellationToken
from agentchat.core.models import RequestUsage, validate_model_info
from agentchat.ext.models._assembling_client import AssemblingClient, Json, ReplyReader
from agentchat.ext.models._cache_key import Call
from agentchat.ext.models._requests import Request, refuse_unknown
from agentchat.ext.models.azure.config import (
    GITHUB_MODELS_ENDPOINT,
    AzureAIChatCompletionClientConfig,
    AzureAICreateArguments,
)
from agentchat.ext.models.openai import _exchange as wire
from agentchat.ext.models.openai._reply import read_chunk, read_completion
from agentchat.ext.models.openai._request import Call as WireCall
from agentchat.ext.models.openai._request import Request as WireRequest
from agentchat.ext.models.openai._request import Settings, request_of

_API_VERSION = "2024-05-01-preview"
_SCOPE = "https://ml.azure.com/.default"
_ARGUMENTS: Final = sorted(AzureAIChatCompletionClientConfig.__annotations__)
_SDK_ARGUMENTS: Final = ("http_client", "timeout", "max_retries")


@dataclass(frozen=True, kw_only=True)
class _Sendable(WireRequest):
    """A request whose body need not name the model."""

    asked: str

    @property
    def model(self) -> str:
        return self.asked


class ChatCompletionReader(ReplyReader):
    """Reads one chat completion."""

    def read_whole(self, body: Json) -> bool:
        """Reads a whole reply; False when it holds no choice."""
        return read_completion(body, self.assembler)

    def read_event(self, event: Json) -> Iterator[str]:
        """Reads a chunk of a stream; yields what the stream's reader shall see of it."""
        return read_chunk(event, self.assembler)


class AzureAIChatCompletionClient(AssemblingClient):
    """Asks a model at an endpoint of Azure AI, or at GitHub's.

    Args:
        kwargs: See AzureAIChatCompletionClientConfig.

    Raises:
        ValueError: The `endpoint`, `credential` or `model_info` is missing, or at GitHub's endpoint
            the `model`.
        TypeError: There is no such argument.
    """

    def __init__(self, **kwargs: Unpack[AzureAIChatCompletionClientConfig]) -> None:
        for name in ("endpoint", "credential", "model_info"):
            if name not in kwargs:
                raise ValueError(f"{name} is required for AzureAIChatCompletionClient")
        refuse_unknown("AzureAIChatCompletionClient", kwargs, _ARGUMENTS)
        validate_model_info(kwargs["model_info"])
        if kwargs["endpoint"].startswith(GITHUB_MODELS_ENDPOINT) and not kwargs.get("model"):
            raise ValueError(
                "model is required for when using a Github model with AzureAIChatCompletionClient"
            )
        # Where there is one model only, it is called by its address.
        model = kwargs.get("model") or urlsplit(kwargs["endpoint"]).netloc
        super().__init__(model, kwargs["model_info"])
        self._names_model = bool(kwargs.get("model"))
        self._settings = Settings(
            _create_arguments(kwargs) | {"model": model}, kwargs["model_info"], False, False
        )
        self._client = _sdk_client(kwargs)
        self._server_reports_usage = True

    def add_usage(self, usage: RequestUsage) -> None:
        """Counts tokens that were spent outside of this client's calls."""
        self._spend(usage)

    async def close(self) -> None:
        """Closes the SDK's client and its connections; the credential is its owner's."""
        await self._client.close()

    def cache_identity(self) -> dict[str, Any]:
        """What answers depend on beside the call: the address, and the settings of all calls."""
        return {"endpoint": str(self._client.base_url), "settings": vars(self._settings)}

    def _request_of(self, call: Call, *, stream: bool) -> Request:
        extra = _in_wire_form(call.extra_create_args)
        wire_call = WireCall(call.messages, call.tools, call.tool_choice, call.json_output, extra)
        request = request_of(self._settings, wire_call, stream=stream)
        body = dict(request.body)
        if not self._names_model and "model" not in call.extra_create_args:
            del body["model"]
        return Request(
            request.model, body, request.options, request.name_by_api_name, request.output_type
        )

    async def _exchange(self, request: Request, token: CancellationToken | None) -> Json:
        return await wire.completion(self._client, _sendable(request), token)

    async def _events(
        self, request: Request, token: CancellationToken | None
    ) -> AsyncGenerator[Json, None]:
        stream = await self._opened(_sendable(request), token)
        async with aclosing(wire.chunks(stream, request.model, token)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def _opened(
        self, request: WireRequest, token: CancellationToken | None
    ) -> wire.ChunkStream:
        if not self._server_reports_usage or wire.said_of_usage(request, None) is False:
            return await wire.opened_stream(self._client, request, token)
        try:
            return await wire.opened_stream(self._client, wire.with_usage(request, True), token)
        except BadRequestError as error:
            if not wire.refuses_usage(error):
                raise
        self._server_reports_usage = False
        return await wire.opened_stream(self._client, request, token)

    def _reader(self) -> ChatCompletionReader:
        return ChatCompletionReader()


def _sendable(request: Request) -> _Sendable:
    return _Sendable(request.body, dict(request.options), {}, None, asked=request.model)


def _sdk_client(arguments: Mapping[str, Any]) -> AsyncOpenAI:
    credential = arguments["credential"]
    headers = dict(arguments.get("default_headers") or {})
    if isinstance(credential, AzureKeyCredential):
        # Some endpoints look for the key in the one place, some in the other.
        headers = {"api-key": credential.key} | headers
    given = {name: arguments[name] for name in _SDK_ARGUMENTS if name in arguments}
    return AsyncOpenAI(
        api_key=_key_of(credential),
        base_url=arguments["endpoint"],
        default_query={"api-version": arguments.get("api_version", _API_VERSION)},
        default_headers=headers,
        **given,
    )


def _key_of(
    credential: AzureKeyCredential | AsyncTokenCredential,
) -> str | Callable[[], Awaitable[str]]:
    if isinstance(credential, AzureKeyCredential):
        key: str = credential.key
        return key

    async def fresh_token() -> str:
        # The credential keeps one for as long as it is fresh.
        token: str = (await credential.get_token(_SCOPE)).token
        return token

    return fresh_token


def _create_arguments(arguments: Mapping[str, Any]) -> dict[str, Any]:
    names = AzureAICreateArguments.__annotations__
    return _in_wire_form(
        {
            name: value
            for name, value in arguments.items()
            if name in names and value is not None and name != "model"
        }
    )


def _in_wire_form(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as the chat completions API has them, where Azure's package differs."""
    written = dict(arguments)
    form = written.get("response_format")
    if isinstance(form, str):
        written["response_format"] = {"type": form}
    elif isinstance(form, Mapping) and "type" not in form:
        written["response_format"] = {"type": "json_schema", "json_schema": form}
    extras = written.pop("model_extras", None)
    if extras:
        written["extra_body"] = extras
        headers = {"extra-parameters": "pass-through"}
        written["extra_headers"] = headers | dict(written.get("extra_headers") or {})
    return written
