"""A client of the models on Azure AI and of GitHub's, which speak the chat completions API."""

try:
    import azure.core as _azure  # noqa: F401
    import openai as _openai  # noqa: F401
except ImportError as _missing:
    raise ImportError(
        'This needs Azure\'s credentials and the OpenAI SDK: pip install "agentchat-harness[azure]"'
    ) from _missing

from agentchat.ext.models.azure._client import AzureAIChatCompletionClient
from agentchat.ext.models.azure.config import AzureAIChatCompletionClientConfig

__all__ = ["AzureAIChatCompletionClient", "AzureAIChatCompletionClientConfig"]
