"""The tools of one turn: listed once, found by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agentchat.agents._tool_approval import ToolApprovalFunc, ToolReviewFunc
from agentchat.core.tools import BaseTool, ToolSchema, Workbench

HandoffTool = BaseTool[Any, Any]


@dataclass(frozen=True, slots=True)
class ToolRules:
    """How an agent's tools may be called."""

    approve: ToolApprovalFunc | None = None
    review: ToolReviewFunc | None = None
    max_parallel: int | None = None
    """How many calls may run at a time; None for all of them."""

    sequential: frozenset[str] = frozenset()
    """Tools whose calls never overlap."""


@dataclass(frozen=True, slots=True)
class Toolbox:
    """What an agent's model may call in one turn."""

    agent: str
    schemas: Sequence[HandoffTool | ToolSchema]
    """As the model is shown them."""

    workbench_by_tool: Mapping[str, Workbench]
    """The first workbench that lists the tool."""

    tool_by_handoff: Mapping[str, HandoffTool]
    rules: ToolRules


async def open_toolbox(
    agent: str,
    workbenches: Sequence[Workbench],
    tool_by_handoff: Mapping[str, HandoffTool],
    rules: ToolRules,
) -> Toolbox:
    """Asks each workbench what it has; the answer holds for the turn."""
    schema_by_tool: dict[str, ToolSchema] = {}
    workbench_by_tool: dict[str, Workbench] = {}
    for workbench in workbenches:
        for schema in await workbench.list_tools():
            schema_by_tool.setdefault(schema["name"], schema)
            workbench_by_tool.setdefault(schema["name"], workbench)
    schemas: list[HandoffTool | ToolSchema] = [*schema_by_tool.values(), *tool_by_handoff.values()]
    return Toolbox(agent, schemas, workbench_by_tool, tool_by_handoff, rules)
