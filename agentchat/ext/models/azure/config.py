"""The arguments of the Azure AI client, as types for callers."""

from collections.abc import Mapping
from typing import Any, Literal

import httpx2
from azure.core.credentials import AzureKeyCredential
from azure.core.credentials_async import AsyncTokenCredential
from typing_extensions import TypedDict

from agentchat.core.models import ModelInfo

__all__ = [
    "GITHUB_MODELS_ENDPOINT",
    "AzureAIChatCompletionClientConfig",
    "AzureAIClientArguments",
    "AzureAICreateArguments",
    "JsonSchemaFormat",
    "ModelInfo",
]

GITHUB_MODELS_ENDPOINT = "https://models.github.ai/inference"


class JsonSchemaFormat(TypedDict, total=False):
    """A schema that an answer shall follow."""

    name: str
    schema: dict[str, Any]
    description: str | None
    strict: bool | None


class AzureAIClientArguments(TypedDict, total=False):
    """How the model is reached."""

    endpoint: str
    """Without `/chat/completions`."""

    credential: AzureKeyCredential | AsyncTokenCredential
    model_info: ModelInfo
    """What the model can do."""

    api_version: str
    http_client: httpx2.AsyncClient
    """Sends the requests, in the place of the client's own."""

    timeout: float | None
    """Seconds."""

    max_retries: int
    default_headers: dict[str, str] | None


class AzureAICreateArguments(TypedDict, total=False):
    """Arguments of every request; see the API's reference for their meaning."""

    frequency_penalty: float | None
    presence_penalty: float | None
    temperature: float | None
    top_p: float | None
    max_tokens: int | None
    response_format: Literal["text", "json_object"] | JsonSchemaFormat | None
    stop: list[str] | None
    tools: list[Mapping[str, Any]] | None
    tool_choice: str | Mapping[str, Any] | None
    seed: int | None
    model: str | None
    """Which of the models at the endpoint is asked, where there are several."""

    model_extras: dict[str, Any] | None
    """Put into the body as it is, for what a model has beyond the API."""


class AzureAIChatCompletionClientConfig(
    AzureAIClientArguments, AzureAICreateArguments, total=False
):
    """Arguments of AzureAIChatCompletionClient."""
