"""AnthropicBedrockChatCompletionClient: Claude on Amazon's Bedrock."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Self, Unpack

from anthropic import AsyncAnthropicBedrock
from pydantic import BaseModel, SecretStr

from agentchat.core._component import Component
from agentchat.ext.models.anthropic._configured_client import ConfiguredClient, saved_arguments
from agentchat.ext.models.anthropic.config import (
    AnthropicBedrockClientConfiguration,
    AnthropicBedrockClientConfigurationConfigModel,
)

_CREDENTIALS: Final = ("aws_access_key", "aws_secret_key", "aws_session_token")


class AnthropicBedrockChatCompletionClient(
    ConfiguredClient, Component[AnthropicBedrockClientConfigurationConfigModel]
):
    """Asks one of Anthropic's models on Bedrock; needs `pip install "anthropic[bedrock]"`.

    Unless all three credentials are given, those that the machine has for AWS are used.

    Args:
        kwargs: See AnthropicBedrockClientConfiguration; besides, every argument of the SDK's
            client and of the API's create call.

    Raises:
        ValueError: There is no `bedrock_info` or no `model`, or the model is not known.
        TypeError: An argument belongs to neither the client nor the call.
    """

    component_type: ClassVar[str] = "model"
    component_config_schema: ClassVar[type[BaseModel]] = (
        AnthropicBedrockClientConfigurationConfigModel
    )
    component_provider_override: ClassVar[str] = (
        "agentchat.ext.models.anthropic.AnthropicBedrockChatCompletionClient"
    )

    _sdk_class = AsyncAnthropicBedrock

    def __init__(self, **kwargs: Unpack[AnthropicBedrockClientConfiguration]) -> None:
        if "bedrock_info" not in kwargs:
            raise ValueError("bedrock_info is required for AnthropicBedrockChatCompletionClient")
        super().__init__(**kwargs)

    def _sdk_arguments(self) -> Mapping[str, Any]:
        told = self._arguments["bedrock_info"]
        has_all = all(told.get(name) for name in _CREDENTIALS)
        credentials = {name: told[name] for name in _CREDENTIALS} if has_all else {}
        return self._arguments | credentials | {"aws_region": told.get("aws_region")}

    def _to_config(self) -> AnthropicBedrockClientConfigurationConfigModel:
        return AnthropicBedrockClientConfigurationConfigModel(**self._plain_arguments())

    @classmethod
    def _from_config(cls, config: AnthropicBedrockClientConfigurationConfigModel) -> Self:
        arguments = saved_arguments(config)
        arguments["bedrock_info"] = {
            name: value.get_secret_value() if isinstance(value, SecretStr) else value
            for name, value in (config.bedrock_info or {}).items()
        }
        return cls(**arguments)
