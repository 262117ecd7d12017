"""Hooks around tool calls: what may be called, and with what; what the model gets to see of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from agentchat.core import FunctionCall
from agentchat.core.models import FunctionExecutionResult


@dataclass(frozen=True, kw_only=True)
class ToolApprovalRequest:
    """A call that a model has asked for, before anything is done."""

    agent: str
    """Name of the agent whose model asks."""

    call: FunctionCall
    arguments: Mapping[str, Any]
    """The arguments that the call carries as JSON."""


@dataclass(frozen=True, kw_only=True)
class ToolApproval:
    """What becomes of a requested call."""

    approved: bool
    reason: str = ""
    """Why not, for the model to read."""

    arguments: Mapping[str, Any] | None = None
    """Replace those that the model wrote; None keeps them."""


ToolApprovalFunc: TypeAlias = Callable[
    [ToolApprovalRequest], ToolApproval | Awaitable[ToolApproval]
]
"""Asked before each tool call and each handoff. Whatever it raises ends the agent's turn."""

ToolReviewFunc: TypeAlias = Callable[
    [FunctionCall, FunctionExecutionResult],
    FunctionExecutionResult | Awaitable[FunctionExecutionResult],
]
"""Shown each result, errors too; what it returns takes the result's place."""
