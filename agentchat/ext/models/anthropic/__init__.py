"""Clients of Anthropic's messages API: Claude, from Anthropic or on Amazon's Bedrock."""

try:
    import anthropic as _anthropic  # noqa: F401
except ImportError as _missing:
    raise ImportError(
        'This needs the Anthropic SDK: pip install "agentchat-harness[anthropic]"'
    ) from _missing

from agentchat.ext.models.anthropic._anthropic_client import AnthropicChatCompletionClient
from agentchat.ext.models.anthropic._bedrock_client import AnthropicBedrockChatCompletionClient
from agentchat.ext.models.anthropic._client import BaseAnthropicChatCompletionClient
from agentchat.ext.models.anthropic.config import (
    AnthropicBedrockClientConfiguration,
    AnthropicBedrockClientConfigurationConfigModel,
    AnthropicClientConfiguration,
    AnthropicClientConfigurationConfigModel,
    BedrockInfo,
    CreateArgumentsConfigModel,
)

__all__ = [
    "AnthropicBedrockChatCompletionClient",
    "AnthropicBedrockClientConfiguration",
    "AnthropicBedrockClientConfigurationConfigModel",
    "AnthropicChatCompletionClient",
    "AnthropicClientConfiguration",
    "AnthropicClientConfigurationConfigModel",
    "BaseAnthropicChatCompletionClient",
    "BedrockInfo",
    "CreateArgumentsConfigModel",
]
