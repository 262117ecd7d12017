"""Clients of OpenAI's chat completions API, and of the many servers that speak it."""

try:
    import openai as _openai  # noqa: F401
except ImportError as _missing:
    raise ImportError(
        'This needs the OpenAI SDK: pip install "agentchat-harness[openai]"'
    ) from _missing

from agentchat.ext.models.openai import _message_transform
from agentchat.ext.models.openai._azure_client import (
    AZURE_OPENAI_USER_AGENT,
    AzureOpenAIChatCompletionClient,
)
from agentchat.ext.models.openai._client import BaseOpenAIChatCompletionClient
from agentchat.ext.models.openai._openai_client import OpenAIChatCompletionClient
from agentchat.ext.models.openai.config import (
    AzureOpenAIClientConfigurationConfigModel,
    BaseOpenAIClientConfigurationConfigModel,
    CreateArgumentsConfigModel,
    OpenAIClientConfigurationConfigModel,
)

__all__ = [
    "AZURE_OPENAI_USER_AGENT",
    "AzureOpenAIChatCompletionClient",
    "AzureOpenAIClientConfigurationConfigModel",
    "BaseOpenAIChatCompletionClient",
    "BaseOpenAIClientConfigurationConfigModel",
    "CreateArgumentsConfigModel",
    "OpenAIChatCompletionClient",
    "OpenAIClientConfigurationConfigModel",
    "_message_transform",
]
