"""A client of Ollama, which runs models on a machine of one's own."""

from agentchat.ext.models.ollama._client import OllamaChatCompletionClient
from agentchat.ext.models.ollama._exchange import OllamaRefused
from agentchat.ext.models.ollama.config import (
    BaseOllamaClientConfigurationConfigModel,
    CreateArgumentsConfigModel,
)

__all__ = [
    "BaseOllamaClientConfigurationConfigModel",
    "CreateArgumentsConfigModel",
    "OllamaChatCompletionClient",
    "OllamaRefused",
]
