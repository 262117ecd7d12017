"""A client of OpenAI's Responses API, and of the servers that speak it."""

try:
    import openai as _openai  # noqa: F401
except ImportError as _missing:
    raise ImportError(
        'This needs the OpenAI SDK: pip install "agentchat-harness[openai]"'
    ) from _missing

from agentchat.ext.models.openai_responses._client import OpenAIResponsesChatCompletionClient
from agentchat.ext.models.openai_responses._errors import ResponseNotCompleted

__all__ = ["OpenAIResponsesChatCompletionClient", "ResponseNotCompleted"]
