"""AzureOpenAIChatCompletionClient: OpenAI's models, deployed on Azure."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self, Unpack

from openai import AsyncAzureOpenAI
from pydantic import BaseModel

import agentchat
from agentchat.core._component import Component, ComponentLoader, is_component_instance
from agentchat.ext.models._requests import plain_arguments
from agentchat.ext.models.openai._configured_client import ConfiguredClient, saved_arguments
from agentchat.ext.models.openai.config import (
    AzureOpenAIClientConfiguration,
    AzureOpenAIClientConfigurationConfigModel,
)

AZURE_OPENAI_USER_AGENT = f"autogen-python/{agentchat.__version__}"
"""What the client calls itself to Azure; a User-Agent of the user's own follows it."""

_USER_AGENT = "User-Agent"


class AzureOpenAIChatCompletionClient(
    ConfiguredClient, Component[AzureOpenAIClientConfigurationConfigModel]
):
    """Asks a model that is deployed on Azure.

    Args:
        kwargs: See AzureOpenAIClientConfiguration; besides, every argument of the SDK's Azure
            client and of the API's create call.

    Raises:
        ValueError: There is no `model`, it is not known, or it can't do what is asked for.
        TypeError: An argument belongs to neither the client nor the call.
    """

    component_type: ClassVar[str] = "model"
    component_config_schema: ClassVar[type[BaseModel]] = AzureOpenAIClientConfigurationConfigModel
    component_provider_override: ClassVar[str] = (
        "agentchat.ext.models.openai.AzureOpenAIChatCompletionClient"
    )

    _sdk_class = AsyncAzureOpenAI

    def __init__(self, **kwargs: Unpack[AzureOpenAIClientConfiguration]) -> None:
        super().__init__(**kwargs)

    def _sdk_arguments(self) -> Mapping[str, Any]:
        headers = self._arguments.get("default_headers") or {}
        agents = (AZURE_OPENAI_USER_AGENT, headers.get(_USER_AGENT))
        agent = " ".join(agent for agent in agents if agent)
        return self._arguments | {"default_headers": headers | {_USER_AGENT: agent}}

    def _to_config(self) -> AzureOpenAIClientConfigurationConfigModel:
        token_provider = self._arguments.get("azure_ad_token_provider")
        if token_provider is not None and not is_component_instance(token_provider):
            raise ValueError(
                "azure_ad_token_provider must be a AzureTokenProvider to be component serialized"
            )
        return AzureOpenAIClientConfigurationConfigModel(**plain_arguments(self, self._arguments))

    @classmethod
    def _from_config(cls, config: AzureOpenAIClientConfigurationConfigModel) -> Self:
        arguments = saved_arguments(config)
        if config.azure_ad_token_provider is not None:
            arguments["azure_ad_token_provider"] = ComponentLoader.load_component(
                config.azure_ad_token_provider, expected=object
            )
        return cls(**arguments)
