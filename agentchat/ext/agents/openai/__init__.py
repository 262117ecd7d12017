"""Agents whose conversation is kept by OpenAI: the Responses API, and the Assistants API."""

try:
    import openai as _openai  # noqa: F401
except ImportError as _missing:
    raise ImportError(
        'This needs the OpenAI SDK: pip install "agentchat-harness[openai]"'
    ) from _missing

from agentchat.ext.agents.openai._assistant_agent import OpenAIAssistantAgent
from agentchat.ext.agents.openai._assistant_run import AssistantRunEnded
from agentchat.ext.agents.openai._assistant_state import OpenAIAssistantAgentState
from agentchat.ext.agents.openai._openai_agent import OpenAIAgent
from agentchat.ext.agents.openai._openai_config import OpenAIAgentConfig, OpenAIAgentState

__all__ = [
    "AssistantRunEnded",
    "OpenAIAgent",
    "OpenAIAgentConfig",
    "OpenAIAgentState",
    "OpenAIAssistantAgent",
    "OpenAIAssistantAgentState",
]
