"""Tools of an agent: those that the server has itself, and those that are called here."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from agentchat.agents._toolbox import Toolbox, ToolRules, open_toolbox
from agentchat.core import FunctionCall
from agentchat.core.tools import BaseTool, FunctionTool, StaticStreamWorkbench, Tool
from agentchat.ext.models._names import normalized
from agentchat.ext.models._requests import tool_schemas
from agentchat.ext.models.openai._tools import name_by_api_name

LocalTool: TypeAlias = BaseTool[Any, Any]
GivenTool: TypeAlias = Tool | Callable[..., Any] | Callable[..., Awaitable[Any]]

_NEEDED_BY_TOOL: Final = {
    "file_search": "vector_store_ids (List[str])",
    "code_interpreter": "container (str | dict)",
    "computer_use_preview": "display_height (int), display_width (int), environment (str)",
    "mcp": "server_label (str), server_url (str)",
}
_WITHOUT_SETTINGS: Final = ("web_search_preview", "web_search", "image_generation", "local_shell")
_SHELL_MODEL: Final = "codex-mini-latest"


def local_tool(given: Any) -> LocalTool:
    """A tool that is called here; a plain function becomes one that its docstring describes.

    Raises:
        ValueError: It is no tool.
    """
    # isinstance(given, Tool) would build the schema only to see that there is one.
    if hasattr(given, "run_json"):
        tool: LocalTool = given
        return tool
    if callable(given) and not isinstance(given, type):
        return FunctionTool(given, description=given.__doc__ or "")
    raise ValueError(f"Unsupported tool type: {type(given)}")


def builtin_tool(given: str, model: str) -> dict[str, Any]:
    """The settings of a tool that the Responses API has itself, by its name alone.

    Raises:
        ValueError: There is no such tool, it needs settings, or the model can't have it.
    """
    if given in _NEEDED_BY_TOOL:
        raise ValueError(
            f"Tool '{given}' requires specific parameters and cannot be added using string format. "
            f"Use dict configuration instead. Required parameters for {given}: "
            f"{_NEEDED_BY_TOOL[given]}"
        )
    if given not in _WITHOUT_SETTINGS:
        raise ValueError(f"Unsupported built-in tool type: {given}")
    if given == "local_shell" and model != _SHELL_MODEL:
        raise ValueError(
            f"Tool 'local_shell' is only supported with model '{_SHELL_MODEL}', "
            f"but current model is '{model}'. To run code here, give the agent a "
            "PythonCodeExecutionTool."
        )
    return {"type": given}


def named_as_here(calls: Sequence[FunctionCall], tools: Sequence[LocalTool]) -> list[FunctionCall]:
    """The calls by our names of the tools, where the API's differ."""
    names: Mapping[str, str] = name_by_api_name(tool_schemas(tools))
    return [
        FunctionCall(
            id=call.id, arguments=call.arguments, name=names.get(call.name, normalized(call.name))
        )
        for call in calls
    ]


async def toolbox_of(agent: str, tools: Sequence[LocalTool]) -> Toolbox:
    """The tools, ready to be called."""
    return await open_toolbox(agent, [StaticStreamWorkbench(list(tools))], {}, ToolRules())
