"""OllamaChatCompletionClient: asks a model that Ollama runs."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from typing import Any, ClassVar, Final, Self, Unpack

import httpx2
from pydantic import BaseModel

from agentchat.core._cancellation import CancellationToken
from agentchat.core._component import Component
from agentchat.ext.models._assembling_client import AssemblingClient
from agentchat.ext.models._cache_key import Call
from agentchat.ext.models._reading import Json
from agentchat.ext.models._requests import (
    Request,
    given_model_info,
    plain_arguments,
    refuse_unknown,
)
from agentchat.ext.models.ollama._exchange import (
    PATH,
    base_url,
    chat,
    chat_events,
    http_headers,
)
from agentchat.ext.models.ollama._model_table import known_model_info, token_limit
from agentchat.ext.models.ollama._reply import ChatReader
from agentchat.ext.models.ollama._request import KNOWN_ARGUMENTS, OPTIONS, gathered, request_of
from agentchat.ext.models.ollama.config import (
    BaseOllamaClientConfiguration,
    BaseOllamaClientConfigurationConfigModel,
)

_ARGUMENTS: Final = sorted(BaseOllamaClientConfiguration.__annotations__)


class OllamaChatCompletionClient(
    AssemblingClient, Component[BaseOllamaClientConfigurationConfigModel]
):
    """Asks a model of Ollama's; needs no library beyond the base.

    A tool that must be called is the only one that is offered, since Ollama knows no choice.

    Args:
        kwargs: See BaseOllamaClientConfiguration.

    Raises:
        ValueError: There is no `model`, or it is not known.
        TypeError: There is no such argument.
    """

    component_type: ClassVar[str] = "model"
    component_config_schema: ClassVar[type[BaseModel]] = BaseOllamaClientConfigurationConfigModel
    component_provider_override: ClassVar[str] = (
        "agentchat.ext.models.ollama.OllamaChatCompletionClient"
    )

    _reader_class = ChatReader

    def __init__(self, **kwargs: Unpack[BaseOllamaClientConfiguration]) -> None:
        if "model" not in kwargs:
            raise ValueError("model is required for OllamaChatCompletionClient")
        refuse_unknown("OllamaChatCompletionClient", kwargs, _ARGUMENTS)
        model = kwargs["model"]
        given = given_model_info(kwargs.get("model_capabilities"), kwargs.get("model_info"))
        super().__init__(model, given or known_model_info(model), token_limit(model))
        self._arguments: dict[str, Any] = dict(kwargs)
        self._create_args = gathered(
            {name: value for name, value in kwargs.items() if name in KNOWN_ARGUMENTS}
        )
        self._base_url = base_url(kwargs.get("host"))
        self._client = self._new_http_client()

    @classmethod
    def create_from_config(cls, config: dict[str, Any]) -> Self:
        """A client with these arguments."""
        return cls(**config)

    def get_create_args(self) -> Mapping[str, Any]:
        """The arguments of every request."""
        return self._create_args

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_client": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._client = self._new_http_client()

    async def close(self) -> None:
        """Closes the HTTP client and its connections."""
        await self._client.aclose()

    def cache_identity(self) -> dict[str, Any]:
        """What answers depend on beside the call: the address, and the settings of all calls."""
        return {"base_url": self._base_url, "arguments": self._create_args}

    def _new_http_client(self) -> httpx2.AsyncClient:
        given: httpx2.AsyncClient | None = self._arguments.get("http_client")
        return given or httpx2.AsyncClient(
            follow_redirects=self._arguments.get("follow_redirects", True),
            timeout=self._arguments.get("timeout"),
        )

    def _request_of(self, call: Call, *, stream: bool) -> Request:
        request = request_of(self._create_args, self.model_info, call, stream=stream)
        headers = http_headers(self._arguments.get("headers"))
        return replace(request, options={"url": f"{self._base_url}{PATH}", "headers": headers})

    async def _exchange(self, request: Request, token: CancellationToken | None) -> Json:
        return await chat(self._client, request, token)

    def _events(
        self, request: Request, token: CancellationToken | None
    ) -> AsyncGenerator[Json, None]:
        return chat_events(self._client, request, token)

    def _to_config(self) -> BaseOllamaClientConfigurationConfigModel:
        # All options in their own place, where upstream looks for them.
        arguments = {
            name: value for name, value in self._arguments.items() if name not in OPTIONS
        } | {"options": self._create_args.get("options")}
        return BaseOllamaClientConfigurationConfigModel(**plain_arguments(self, arguments))

    @classmethod
    def _from_config(cls, config: BaseOllamaClientConfigurationConfigModel) -> Self:
        return cls(**config.model_dump(exclude_none=True, exclude_unset=True))
