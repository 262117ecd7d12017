"""The hook that is asked before code runs."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from pydantic import BaseModel

from agentchat.core.models import LLMMessage


class ApprovalRequest(BaseModel, defer_build=True):
    """Code that is about to run."""

    code: str
    """All blocks, in markdown."""

    context: list[LLMMessage]
    """The conversation that led to it."""


class ApprovalResponse(BaseModel, defer_build=True):
    """Whether the code may run."""

    approved: bool
    reason: str
    """Why not; the conversation is told."""


SyncApprovalFunc: TypeAlias = Callable[[ApprovalRequest], ApprovalResponse]
AsyncApprovalFunc: TypeAlias = Callable[[ApprovalRequest], Awaitable[ApprovalResponse]]
ApprovalFuncType: TypeAlias = SyncApprovalFunc | AsyncApprovalFunc
