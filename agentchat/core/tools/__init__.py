"""Tools: what a model may call, and workbenches, which hold them."""

from agentchat.core.tools._base_tool import BaseStreamTool, BaseTool, BaseToolWithState
from agentchat.core.tools._function_tool import FunctionTool
from agentchat.core.tools._static_workbench import StaticStreamWorkbench, StaticWorkbench
from agentchat.core.tools._tool import ParametersSchema, StreamTool, Tool, ToolSchema
from agentchat.core.tools._workbench import (
    ImageResultContent,
    StreamWorkbench,
    TextResultContent,
    ToolOverride,
    ToolResult,
    Workbench,
)

__all__ = [
    "BaseStreamTool",
    "BaseTool",
    "BaseToolWithState",
    "FunctionTool",
    "ImageResultContent",
    "ParametersSchema",
    "StaticStreamWorkbench",
    "StaticWorkbench",
    "StreamTool",
    "StreamWorkbench",
    "TextResultContent",
    "Tool",
    "ToolOverride",
    "ToolResult",
    "ToolSchema",
    "Workbench",
]
