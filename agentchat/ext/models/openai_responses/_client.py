"""OpenAIResponsesChatCompletionClient: a model behind the Responses API, as any other."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, ClassVar, Final

from openai import AsyncOpenAI
from pydantic import BaseModel, SecretStr

from agentchat.core import CancellationToken, Component
from agentchat.core.models import ModelInfo
from agentchat.ext.models._cache_key import Call
from agentchat.ext.models._reading import Json
from agentchat.ext.models._requests import Request, given_model_info
from agentchat.ext.models._sdk_exchange import answer, events, opened_stream
from agentchat.ext.models.openai._event_stream import EventStream
from agentchat.ext.models.openai._model_table import known_model_info
from agentchat.ext.models.openai._request import Settings
from agentchat.ext.models.openai._sdk_client import SdkClient
from agentchat.ext.models.openai_responses._reader import ResponseReader
from agentchat.ext.models.openai_responses._request import is_create_argument, request_of

PATH: Final = "/responses"


class OpenAIResponsesChatCompletionClient(SdkClient, Component[BaseModel]):
    """Asks a model through OpenAI's Responses API, at OpenAI or behind a `base_url`.

    The whole conversation is sent with every call, and the server is asked to keep nothing of it,
    unless there is a `store=True`. Tools that the server has itself, such as a web search, are
    given as `tools=[{"type": "web_search"}]`; the answer is what it says after using them.

    Args:
        model: Name of the model.
        client: The SDK's client to ask with, such as an AsyncAzureOpenAI, in the place of one that
            is made from the following; it is closed together with this one.
        api_key: By default that in the environment variable `OPENAI_API_KEY`.
        base_url: Where the API is; by default OpenAI's.
        organization: Who pays, where a key has several.
        timeout: Seconds for one request.
        max_retries: How often a failed request is sent again.
        default_headers: Sent with every request.
        model_info: What the model can do; needed for a model that is not in the table.
        add_name_prefixes: Begin the text of user messages with `<source> said:`.
        create_args: Every other argument of the API's create call, such as `temperature`,
            `reasoning` or `max_output_tokens`; sent with all calls.

    Raises:
        ValueError: The model is not known.
        TypeError: An argument is not one of the API's.
    """

    component_provider_override: ClassVar[str] = (
        "agentchat.ext.models.openai_responses.OpenAIResponsesChatCompletionClient"
    )

    _reader_class = ResponseReader
    _conversation_key = "input"

    def __init__(  # noqa: PLR0913
        self,
        *,
        model: str,
        client: AsyncOpenAI | None = None,
        api_key: str | SecretStr | None = None,
        base_url: str | None = None,
        organization: str | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
        default_headers: dict[str, str] | None = None,
        model_info: ModelInfo | None = None,
        add_name_prefixes: bool = False,
        **create_args: Any,
    ) -> None:
        if unknown := [name for name in create_args if not is_create_argument(name)]:
            raise TypeError(f"{type(self).__name__}() got unexpected keyword arguments {unknown}")
        key = api_key.get_secret_value() if isinstance(api_key, SecretStr) else api_key
        connection: dict[str, Any] = {
            "api_key": key,
            "base_url": base_url,
            "organization": organization,
            "timeout": timeout,
            "max_retries": max_retries,
            "default_headers": default_headers,
        }
        given = {name: value for name, value in connection.items() if value is not None}
        settings = Settings(
            {"store": False, **create_args, "model": model},
            given_model_info(None, model_info) or known_model_info(model),
            add_name_prefixes,
            include_name_in_message=False,
        )
        super().__init__(AsyncOpenAI(**given) if client is None else client, settings)

    def _request_of(self, call: Call, *, stream: bool) -> Request:
        return request_of(self._settings, call, stream=stream)

    async def _exchange(self, request: Request, token: CancellationToken | None) -> Json:
        return await answer(self._client, PATH, request, token)

    async def _events(
        self, request: Request, token: CancellationToken | None
    ) -> AsyncGenerator[Json, None]:
        stream = await opened_stream(self._client, PATH, request, EventStream, token)
        async with aclosing(events(stream, request.model, token)) as received:
            async for event in received:
                yield event
