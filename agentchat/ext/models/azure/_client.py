"""AzureAIChatCompletionClient: asks a model on Azure AI, or one of GitHub's.

What they speak is the chat completions API at another address, with another way to prove who asks.
So the OpenAI SDK sends the requests, and the room beside this one writes and reads them.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final, Unpack
from urllib.parse import urlsplit

from azure.core.credentials import AzureKeyCredential
from azure.core.credentials_async import AsyncTokenCredential
from openai import AsyncOpenAI

from agentchat.core.models import RequestUsage, validate_model_info
from agentchat.ext.models._cache_key import Call
from agentchat.ext.models._requests import Request, refuse_unknown
from agentchat.ext.models.azure.config import (
    GITHUB_MODELS_ENDPOINT,
    AzureAIChatCompletionClientConfig,
    AzureAICreateArguments,
)
from agentchat.ext.models.openai._request import Settings, request_of
from agentchat.ext.models.openai._sdk_client import ChatCompletionsClient

_API_VERSION = "2024-05-01-preview"
_SCOPE = "https://ml.azure.com/.default"
_ARGUMENTS: Final = sorted(AzureAIChatCompletionClientConfig.__annotations__)
_SDK_ARGUMENTS: Final = ("http_client", "timeout", "max_retries")


class AzureAIChatCompletionClient(ChatCompletionsClient):
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
        settings = Settings(
            _create_arguments(kwargs) | {"model": model},
            kwargs["model_info"],
            add_name_prefixes=False,
            include_name_in_message=False,
        )
        super().__init__(_sdk_client(kwargs), settings)
        self._names_model = bool(kwargs.get("model"))

    def add_usage(self, usage: RequestUsage) -> None:
        """Counts tokens that were spent outside of this client's calls."""
        self._spend(usage)

    def _request_of(self, call: Call, *, stream: bool) -> Request:
        in_wire_form = call._replace(extra_create_args=_in_wire_form(call.extra_create_args))
        request = request_of(self._settings, in_wire_form, stream=stream)
        if self._names_model or "model" in call.extra_create_args:
            return request
        unnamed = {name: value for name, value in request.body.items() if name != "model"}
        return replace(request, body=unnamed)


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
