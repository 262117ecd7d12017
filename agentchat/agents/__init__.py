"""Agents: who takes part in a conversation."""

from agentchat.agents._assistant import AssistantAgent
from agentchat.agents._base import BaseChatAgent
from agentchat.agents._code_approval import ApprovalFuncType, ApprovalRequest, ApprovalResponse
from agentchat.agents._code_executor import CodeExecutorAgent
from agentchat.agents._message_filter import (
    MessageFilterAgent,
    MessageFilterConfig,
    PerSourceFilter,
)
from agentchat.agents._society_of_mind import SocietyOfMindAgent
from agentchat.agents._tool_approval import (
    ToolApproval,
    ToolApprovalFunc,
    ToolApprovalRequest,
    ToolReviewFunc,
)
from agentchat.agents._user_proxy import UserProxyAgent

__all__ = [
    "ApprovalFuncType",
    "ApprovalRequest",
    "ApprovalResponse",
    "AssistantAgent",
    "BaseChatAgent",
    "CodeExecutorAgent",
    "MessageFilterAgent",
    "MessageFilterConfig",
    "PerSourceFilter",
    "SocietyOfMindAgent",
    "ToolApproval",
    "ToolApprovalFunc",
    "ToolApprovalRequest",
    "ToolReviewFunc",
    "UserProxyAgent",
]
