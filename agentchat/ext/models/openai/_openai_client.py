"""OpenAIChatCompletionClient: OpenAI's own API, and whatever speaks it at another address."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self, Unpack

from openai import AsyncOpenAI
from pydantic import BaseModel

from agentchat.core._component import Component
from agentchat.ext.models._requests import plain_arguments
from agentchat.ext.models.openai._configured_client import ConfiguredClient, saved_arguments
from agentchat.ext.models.openai._model_table import vendor_settings
from agentchat.ext.models.openai.config import (
    OpenAIClientConfiguration,
    OpenAIClientConfigurationConfigModel,
)


class OpenAIChatCompletionClient(ConfiguredClient, Component[OpenAIClientConfigurationConfigModel]):
    """Asks a model of OpenAI, or one behind a `base_url` that speaks OpenAI's API.

    A model named `gemini-…`, `claude-…` or `Llama-…` is asked at its vendor's address, unless there
    is a `base_url`, and with the key in `GEMINI_API_KEY`, `ANTHROPIC_API_KEY` or `LLAMA_API_KEY`,
    unless there is an `api_key`.

    Args:
        kwargs: See OpenAIClientConfiguration; besides, every argument of the SDK's client and of
            the API's create call.

    Raises:
        ValueError: There is no `model`, it is not known, or it can't do what is asked for.
        TypeError: An argument belongs to neither the client nor the call.
    """

    component_type: ClassVar[str] = "model"
    component_config_schema: ClassVar[type[BaseModel]] = OpenAIClientConfigurationConfigModel
    component_provider_override: ClassVar[str] = (
        "agentchat.ext.models.openai.OpenAIChatCompletionClient"
    )

    _sdk_class = AsyncOpenAI

    def __init__(self, **kwargs: Unpack[OpenAIClientConfiguration]) -> None:
        super().__init__(**kwargs)

    def _sdk_arguments(self) -> Mapping[str, Any]:
        return vendor_settings(self._arguments["model"]) | self._arguments

    def _to_config(self) -> OpenAIClientConfigurationConfigModel:
        return OpenAIClientConfigurationConfigModel(**plain_arguments(self, self._arguments))

    @classmethod
    def _from_config(cls, config: OpenAIClientConfigurationConfigModel) -> Self:
        return cls(**saved_arguments(config))
