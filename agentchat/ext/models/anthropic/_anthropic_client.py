"""AnthropicChatCompletionClient: Claude, asked at Anthropic's own address or another's."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self, Unpack

from anthropic import AsyncAnthropic
from pydantic import BaseModel

from agentchat.core._component import Component
from agentchat.ext.models.anthropic._configured_client import ConfiguredClient, saved_arguments
from agentchat.ext.models.anthropic.config import (
    AnthropicClientConfiguration,
    AnthropicClientConfigurationConfigModel,
)


class AnthropicChatCompletionClient(
    ConfiguredClient, Component[AnthropicClientConfigurationConfigModel]
):
    """Asks one of Anthropic's models, with the key in `ANTHROPIC_API_KEY` unless there is another.

    Args:
        kwargs: See AnthropicClientConfiguration; besides, every argument of the SDK's client and
            of the API's create call.

    Raises:
        ValueError: There is no `model`, it is not known, or it can't do what is asked for.
        TypeError: An argument belongs to neither the client nor the call.
    """

    component_type: ClassVar[str] = "model"
    component_config_schema: ClassVar[type[BaseModel]] = AnthropicClientConfigurationConfigModel
    component_provider_override: ClassVar[str] = (
        "agentchat.ext.models.anthropic.AnthropicChatCompletionClient"
    )

    _sdk_class = AsyncAnthropic

    def __init__(self, **kwargs: Unpack[AnthropicClientConfiguration]) -> None:
        super().__init__(**kwargs)

    def _sdk_arguments(self) -> Mapping[str, Any]:
        return self._arguments

    def _to_config(self) -> AnthropicClientConfigurationConfigModel:
        return AnthropicClientConfigurationConfigModel(**self._plain_arguments())

    @classmethod
    def _from_config(cls, config: AnthropicClientConfigurationConfigModel) -> Self:
        return cls(**saved_arguments(config))
