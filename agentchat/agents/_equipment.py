"""What an assistant may be given to work with, checked when it is given."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

from agentchat.base import Handoff
from agentchat.core.memory import Memory
from agentchat.core.models import ChatCompletionClient
from agentchat.core.tools import (
    BaseTool,
    FunctionTool,
    StaticStreamWorkbench,
    StaticWorkbench,
    Workbench,
)

AnyTool: TypeAlias = BaseTool[Any, Any]
GivenTool: TypeAlias = AnyTool | Callable[..., Any] | Callable[..., Awaitable[Any]]


def tools_from(given: Sequence[GivenTool] | None, client: ChatCompletionClient) -> list[AnyTool]:
    """The tools; plain functions become tools that their docstring describes.

    Raises:
        ValueError: The model can't call tools, something is no tool, or two have one name.
    """
    if given is None:
        return []
    if not client.model_info["function_calling"]:
        raise ValueError("The model does not support function calling.")
    tools = [_tool_from(each) for each in given]
    names = [tool.name for tool in tools]
    if len(names) != len(set(names)):
        raise ValueError(f"Tool names must be unique: {names}")
    return tools


def _tool_from(given: GivenTool) -> AnyTool:
    if isinstance(given, BaseTool):
        return given
    if callable(given):
        return FunctionTool(given, description=given.__doc__ or "")
    raise ValueError(f"Unsupported tool type: {type(given)}")


def handoffs_from(
    given: Sequence[Handoff | str] | None, tools: Sequence[AnyTool], client: ChatCompletionClient
) -> dict[str, Handoff]:
    """The handoffs by the names that the model calls them by.

    Raises:
        ValueError: The model can't call tools, something is no handoff, or a name is taken.
    """
    if given is None:
        return {}
    if not client.model_info["function_calling"]:
        raise ValueError(
            "The model does not support function calling, which is needed for handoffs."
        )
    handoffs = [_handoff_from(each) for each in given]
    names = [handoff.name for handoff in handoffs]
    if len(names) != len(set(names)):
        raise ValueError(f"Handoff names must be unique: {names}")
    tool_names = [tool.name for tool in tools]
    if any(name in tool_names for each in handoffs for name in (each.name, each.target)):
        raise ValueError(
            f"Handoff names must be unique from tool names. Handoffs: {names}; tools: {tool_names}"
        )
    return dict(zip(names, handoffs, strict=True))


def _handoff_from(given: Handoff | str) -> Handoff:
    if isinstance(given, str):
        return Handoff(target=given)
    if isinstance(given, Handoff):
        return given
    raise ValueError(f"Unsupported handoff type: {type(given)}")


def workbenches_from(
    given: Workbench | Sequence[Workbench] | None, tools: Sequence[AnyTool]
) -> list[Workbench]:
    """The workbenches; without any, one that holds the tools.

    Raises:
        ValueError: There are tools besides.
    """
    if given is None:
        return [StaticStreamWorkbench(list(tools))]
    if tools:
        raise ValueError("Tools cannot be used with a workbench.")
    return list(given) if isinstance(given, Sequence) else [given]


def memories_from(given: Sequence[Memory] | None) -> list[Memory]:
    """The memories.

    Raises:
        TypeError: It is no list.
    """
    if given is None:
        return []
    if not isinstance(given, list):
        raise TypeError(f"Expected Memory, List[Memory], or None, got {type(given)}")
    return given


def sequential_among(workbenches: Sequence[Workbench]) -> frozenset[str]:
    """Names of the tools whose `sequential` attribute says that calls must not overlap."""
    return frozenset(
        workbench._shown(tool)["name"]
        for workbench in workbenches
        if isinstance(workbench, StaticWorkbench)
        for tool in workbench._tools
        if getattr(tool, "sequential", False)
    )
