"""The arguments of the Anthropic clients, as types for callers and as configurations for files."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Required

import httpx2
from pydantic import BaseModel, ConfigDict, SecretStr
from typing_extensions import TypedDict

from agentchat.core.models import ModelCapabilities, ModelInfo

__all__ = [
    "AnthropicBedrockClientConfiguration",
    "AnthropicBedrockClientConfigurationConfigModel",
    "AnthropicClientConfiguration",
    "AnthropicClientConfigurationConfigModel",
    "BaseAnthropicClientConfiguration",
    "BaseAnthropicClientConfigurationConfigModel",
    "BedrockInfo",
    "BedrockInfoConfigModel",
    "CreateArguments",
    "CreateArgumentsConfigModel",
    "ModelCapabilities",
    "ModelInfo",
    "ResponseFormat",
    "ThinkingConfig",
    "ThinkingConfigModel",
]

ThinkingType = Literal["enabled", "disabled", "adaptive", "between_tools"]


class ResponseFormat(TypedDict):
    """The form of an answer; `json_object` means the same as `json_output=True`."""

    type: Literal["text", "json_object"]


class ThinkingConfig(TypedDict, total=False):
    """Whether, and how much, the model thinks before it answers."""

    type: Required[ThinkingType]
    budget_tokens: int | None
    """For `enabled`: at least 1024, and less than `max_tokens`."""

    display: Literal["summarized", "omitted"] | None


class CreateArguments(TypedDict, total=False):
    """Arguments of every request; see the API's reference for their meaning."""

    model: str
    max_tokens: int | None
    """4096 unless given."""

    temperature: float | None
    """1.0 is the API's own default; some models take no other, or none at all."""

    top_p: float | None
    top_k: int | None
    stop_sequences: list[str] | None
    response_format: ResponseFormat | None
    metadata: dict[str, str] | None
    thinking: ThinkingConfig | None
    extra_headers: Mapping[str, str] | None
    """Such as `anthropic-beta`."""

    extra_body: Mapping[str, Any] | None
    """Put into the body as it is."""


class BedrockInfo(TypedDict):
    """How Amazon's Bedrock is reached."""

    aws_access_key: Required[str]
    aws_secret_key: Required[str]
    aws_session_token: Required[str]
    aws_region: Required[str]


class BaseAnthropicClientConfiguration(CreateArguments, total=False):
    """Arguments that both clients have."""

    api_key: str
    base_url: str | None
    model_capabilities: ModelCapabilities
    """Deprecated: use `model_info`."""

    model_info: ModelInfo
    """What the model can do; needed for a model that is not in the table."""

    timeout: float | None
    """Seconds."""

    max_retries: int | None
    default_headers: dict[str, str] | None
    http_client: httpx2.AsyncClient
    """Sends the requests, in the place of the SDK's own; can't be saved in a configuration."""


class AnthropicClientConfiguration(BaseAnthropicClientConfiguration, total=False):
    """Arguments of AnthropicChatCompletionClient."""

    tools: list[dict[str, Any]] | None
    """Tools in the API's own form, offered with every request; those that the server runs."""

    tool_choice: Literal["auto", "any", "none"] | dict[str, Any] | None
    """For calls that leave the model the choice, and have tools."""


class AnthropicBedrockClientConfiguration(AnthropicClientConfiguration, total=False):
    """Arguments of AnthropicBedrockChatCompletionClient."""

    bedrock_info: BedrockInfo


class ThinkingConfigModel(BaseModel):
    """A saved ThinkingConfig."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    type: ThinkingType
    budget_tokens: int | None = None


class CreateArgumentsConfigModel(BaseModel):
    """Saved arguments of every request."""

    # Whatever else a client was given is kept too, as long as JSON can say it.
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    model: str
    max_tokens: int | None = 4096
    temperature: float | None = 1.0
    top_p: float | None = None
    top_k: int | None = None
    stop_sequences: list[str] | None = None
    response_format: ResponseFormat | None = None
    metadata: dict[str, str] | None = None
    thinking: ThinkingConfigModel | None = None


class BaseAnthropicClientConfigurationConfigModel(CreateArgumentsConfigModel):
    """Saved arguments that both clients have."""

    api_key: SecretStr | None = None
    base_url: str | None = None
    model_capabilities: ModelCapabilities | None = None
    model_info: ModelInfo | None = None
    timeout: float | None = None
    max_retries: int | None = None
    default_headers: dict[str, str] | None = None


class AnthropicClientConfigurationConfigModel(BaseAnthropicClientConfigurationConfigModel):
    """A saved AnthropicChatCompletionClient."""

    tools: list[dict[str, Any]] | None = None
    tool_choice: Literal["auto", "any", "none"] | dict[str, Any] | None = None


class BedrockInfoConfigModel(TypedDict):
    """A saved BedrockInfo."""

    aws_access_key: Required[SecretStr]
    aws_secret_key: Required[SecretStr]
    aws_session_token: Required[SecretStr]
    aws_region: Required[str]


class AnthropicBedrockClientConfigurationConfigModel(AnthropicClientConfigurationConfigModel):
    """A saved AnthropicBedrockChatCompletionClient."""

    bedrock_info: BedrockInfoConfigModel | None = None
