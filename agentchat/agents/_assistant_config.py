"""An assistant as plain data."""

from typing import Any, Literal

from pydantic import BaseModel

from agentchat.base import Handoff
from agentchat.core.memory import Memory
from agentchat.core.model_context import ChatCompletionContext
from agentchat.core.models import ChatCompletionClient
from agentchat.core.tools import BaseTool, Workbench
from agentchat.messages import StructuredMessageFactory


class AssistantAgentConfig(BaseModel, defer_build=True):
    """An assistant in the form that upstream reads and writes; callables have no place in it."""

    name: str
    model_client: ChatCompletionClient
    tools: list[BaseTool[Any, Any]] | None = None
    """Only read: what is written has the tools in a workbench."""

    workbench: list[Workbench] | None = None
    handoffs: list[Handoff | str] | None = None
    model_context: ChatCompletionContext | None = None
    memory: list[Memory] | None = None
    description: str
    system_message: str | None = None
    model_client_stream: bool = False
    reflect_on_tool_use: bool
    tool_call_summary_format: str
    max_tool_iterations: int = 1
    metadata: dict[str, str] | None = None
    structured_message_factory: StructuredMessageFactory | None = None
    tool_call_summary_rounds: Literal["last", "all"] | None = None
    """None for the last alone, which is all that upstream knows."""

    max_parallel_tools: int | None = None
