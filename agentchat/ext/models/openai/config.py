"""The arguments of the OpenAI clients, as types for callers and as configurations for files."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar, Literal, Required

import httpx2
from pydantic import BaseModel, ConfigDict, SecretStr
from typing_extensions import TypedDict

from agentchat.core._component import ComponentModel
from agentchat.core.models import ModelCapabilities, ModelInfo

__all__ = [
    "AsyncAzureADTokenProvider",
    "AzureOpenAIClientConfiguration",
    "AzureOpenAIClientConfigurationConfigModel",
    "BaseOpenAIClientConfiguration",
    "BaseOpenAIClientConfigurationConfigModel",
    "ComponentModel",
    "CreateArguments",
    "CreateArgumentsConfigModel",
    "JSONSchema",
    "ModelCapabilities",
    "ModelInfo",
    "OpenAIClientConfiguration",
    "OpenAIClientConfigurationConfigModel",
    "ResponseFormat",
    "StreamOptions",
]

AsyncAzureADTokenProvider = Callable[[], str | Awaitable[str]]
"""Gives a bearer token, fresh enough for one request."""

ReasoningEffort = Literal["minimal", "low", "medium", "high"]


class JSONSchema(TypedDict, total=False):
    """A schema that an answer shall follow."""

    name: Required[str]
    """Letters, digits, `_` and `-`, at most 64."""

    description: str
    schema: dict[str, object]
    strict: bool | None
    """Whether the answer must follow the schema to the letter; not every schema can be."""


class ResponseFormat(TypedDict):
    """The form of an answer."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: JSONSchema | None


class StreamOptions(TypedDict):
    """What a stream shall have beside the answer."""

    include_usage: bool


class CreateArguments(TypedDict, total=False):
    """Arguments of every request; see the API's reference for their meaning."""

    frequency_penalty: float | None
    logit_bias: dict[str, int] | None
    logprobs: bool | None
    max_completion_tokens: int | None
    max_tokens: int | None
    metadata: dict[str, str] | None
    n: int | None
    """Refused: a client reads one answer."""

    presence_penalty: float | None
    response_format: ResponseFormat
    seed: int | None
    service_tier: Literal["auto", "default", "flex", "scale", "priority"] | None
    stop: str | list[str] | None
    store: bool | None
    temperature: float | None
    top_logprobs: int | None
    top_p: float | None
    user: str
    verbosity: Literal["low", "medium", "high"] | None
    stream_options: StreamOptions | None
    parallel_tool_calls: bool | None
    reasoning_effort: ReasoningEffort | None
    extra_body: Mapping[str, Any] | None
    """Put into the body as it is, for what a server has beyond OpenAI's API."""


class BaseOpenAIClientConfiguration(CreateArguments, total=False):
    """Arguments that both clients have."""

    model: str
    api_key: str
    timeout: float | None
    """Seconds."""

    max_retries: int
    model_capabilities: ModelCapabilities
    """Deprecated: use `model_info`."""

    model_info: ModelInfo
    """What the model can do; needed for a model that is not in the table."""

    add_name_prefixes: bool
    """Begin the text of user messages with `<source> said:`."""

    include_name_in_message: bool
    """Send the source of user messages as their `name`; some servers can't take it."""

    default_headers: dict[str, str] | None
    default_query: Mapping[str, object] | None
    http_client: httpx2.AsyncClient
    """Sends the requests, in the place of the SDK's own; can't be saved in a configuration."""


class OpenAIClientConfiguration(BaseOpenAIClientConfiguration, total=False):
    """Arguments of OpenAIChatCompletionClient."""

    organization: str
    project: str
    base_url: str


class AzureOpenAIClientConfiguration(BaseOpenAIClientConfiguration, total=False):
    """Arguments of AzureOpenAIChatCompletionClient."""

    azure_endpoint: Required[str]
    azure_deployment: str
    api_version: Required[str]
    azure_ad_token: str
    azure_ad_token_provider: AsyncAzureADTokenProvider


class CreateArgumentsConfigModel(BaseModel):
    """Saved arguments of every request."""

    # Whatever else a client was given is kept too, as long as JSON can say it.
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    frequency_penalty: float | None = None
    logit_bias: dict[str, int] | None = None
    max_tokens: int | None = None
    n: int | None = None
    presence_penalty: float | None = None
    response_format: ResponseFormat | dict[str, Any] | None = None
    seed: int | None = None
    stop: str | list[str] | None = None
    temperature: float | None = None
    top_p: float | None = None
    user: str | None = None
    stream_options: StreamOptions | None = None
    parallel_tool_calls: bool | None = None
    reasoning_effort: ReasoningEffort | None = None


class BaseOpenAIClientConfigurationConfigModel(CreateArgumentsConfigModel):
    """Saved arguments that both clients have."""

    model: str
    api_key: SecretStr | None = None
    timeout: float | None = None
    max_retries: int | None = None
    model_capabilities: ModelCapabilities | None = None
    model_info: ModelInfo | None = None
    add_name_prefixes: bool | None = None
    include_name_in_message: bool | None = None
    default_headers: dict[str, str] | None = None


class OpenAIClientConfigurationConfigModel(BaseOpenAIClientConfigurationConfigModel):
    """A saved OpenAIChatCompletionClient."""

    organization: str | None = None
    base_url: str | None = None


class AzureOpenAIClientConfigurationConfigModel(BaseOpenAIClientConfigurationConfigModel):
    """A saved AzureOpenAIChatCompletionClient."""

    azure_endpoint: str
    azure_deployment: str | None = None
    api_version: str
    azure_ad_token: str | None = None
    azure_ad_token_provider: ComponentModel | None = None
