"""Workbenches whose tools are given once and for all."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, Literal

from pydantic import BaseModel

from agentchat.core._cancellation import CancellationToken
from agentchat.core._component import Component
from agentchat.core.tools._base_tool import BaseTool
from agentchat.core.tools._tool import StreamTool, ToolSchema
from agentchat.core.tools._workbench import (
    StreamWorkbench,
    TextResultContent,
    ToolOverride,
    ToolResult,
    Workbench,
)

_NOTHING = object()


class StaticWorkbenchState(BaseModel, defer_build=True):
    """What the tools of a workbench remember."""

    type: Literal["StaticWorkbenchState"] = "StaticWorkbenchState"
    tools: dict[str, Any] = {}
    """State by the tool's own name."""


class StaticWorkbench(Workbench, Component[BaseModel]):
    """A workbench of these tools, which stay the same for all its life.

    Args:
        tools: The tools; of two with one name, the first is called.
        tool_overrides: How tools are shown to the model, by their own names.

    Raises:
        ValueError: An override's name is another tool's, or another override's.
    """

    def __init__(
        self,
        tools: list[BaseTool[Any, Any]],
        tool_overrides: dict[str, ToolOverride] | None = None,
    ) -> None:
        self._tools = tools
        self._tool_overrides = tool_overrides or {}
        self._own_name_by_override = self._checked_override_names()

    def _checked_override_names(self) -> dict[str, str]:
        tool_names = {tool.name for tool in self._tools}
        own_name_by_override: dict[str, str] = {}
        for own_name, override in self._tool_overrides.items():
            name = override.name
            if name is None or name == own_name:
                continue
            if name in tool_names:
                raise ValueError(
                    f"Tool override name '{name}' conflicts with existing tool name. "
                    "Override names must not conflict with any tool names."
                )
            if name in own_name_by_override:
                raise ValueError(
                    f"Tool override name '{name}' is used by multiple tools: "
                    f"'{own_name_by_override[name]}' and '{own_name}'. "
                    "Override names must be unique."
                )
            own_name_by_override[name] = own_name
        return own_name_by_override

    async def list_tools(self) -> list[ToolSchema]:
        """What a model may call, overrides applied."""
        return [self._shown(tool) for tool in self._tools]

    def _shown(self, tool: BaseTool[Any, Any]) -> ToolSchema:
        override = self._tool_overrides.get(tool.name)
        if override is None:
            return tool.schema
        shown = tool.schema.copy()
        shown["name"] = override.name or tool.name
        shown["description"] = (
            tool.description if override.description is None else override.description
        )
        return shown

    async def call_tool(
        self,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        cancellation_token: CancellationToken | None = None,
        call_id: str | None = None,
    ) -> ToolResult:
        """Calls a tool by its own name or its override's; a failure is a result too."""
        tool = self._tool_named(name)
        if tool is None:
            return _not_found(name)
        token = cancellation_token or CancellationToken()
        try:
            with token.interrupting():
                returned = await tool.run_json(arguments or {}, token, call_id=call_id)
                return _succeeded(name, tool, returned)
        except Exception as error:
            return _failed(name, error)

    def _tool_named(self, name: str) -> BaseTool[Any, Any] | None:
        own_name = self._own_name_by_override.get(name, name)
        return next((tool for tool in self._tools if tool.name == own_name), None)

    async def start(self) -> None:
        """Does nothing: the tools are ready."""

    async def stop(self) -> None:
        """Does nothing: the tools hold nothing."""

    async def reset(self) -> None:
        """Does nothing: the tools have no beginning to go back to."""

    async def save_state(self) -> Mapping[str, Any]:
        """What each tool remembers, by its own name."""
        states = {tool.name: await tool.save_state_json() for tool in self._tools}
        return StaticWorkbenchState(tools=states).model_dump()

    async def load_state(self, state: Mapping[str, Any]) -> None:
        """Has each tool that the state knows remember that instead."""
        states = StaticWorkbenchState.model_validate(state).tools
        for tool in self._tools:
            if tool.name in states:
                await tool.load_state_json(states[tool.name])


class StaticStreamWorkbench(StaticWorkbench, StreamWorkbench):
    """A static workbench whose stream tools can tell how they are getting on."""

    async def call_tool_stream(
        self,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        cancellation_token: CancellationToken | None = None,
        call_id: str | None = None,
    ) -> AsyncGenerator[Any | ToolResult, None]:
        """Calls a tool; yields what it has to tell, and last its ToolResult.

        A tool that is no StreamTool has nothing to tell.
        """
        tool = self._tool_named(name)
        if not isinstance(tool, StreamTool):
            yield await self.call_tool(name, arguments, cancellation_token, call_id)
            return
        token = cancellation_token or CancellationToken()
        last: Any = _NOTHING
        async with aclosing(tool.run_json_stream(arguments or {}, token, call_id)) as stream:
            while True:
                try:
                    # Around each step only: between two of them the consumer's code runs.
                    with token.interrupting():
                        item = await anext(stream, _NOTHING)
                    result = None if item is not _NOTHING else _succeeded(name, tool, last)
                except Exception as error:
                    result = _failed(name, error)
                    if last is not _NOTHING:
                        yield last
                if result is not None:
                    break
                if last is not _NOTHING:
                    yield last
                last = item
        yield result


def _not_found(name: str) -> ToolResult:
    return _result(name, f"Tool {name} not found.", is_error=True)


def _succeeded(name: str, tool: BaseTool[Any, Any], returned: Any) -> ToolResult:
    return _result(name, tool.return_value_as_string(returned))


def _failed(name: str, error: Exception) -> ToolResult:
    return _result(name, _text_of(error), is_error=True)


def _result(name: str, text: str, is_error: bool = False) -> ToolResult:
    return ToolResult(name=name, result=[TextResultContent(content=text)], is_error=is_error)


def _text_of(error: BaseException) -> str:
    """The error's own words; those of its members when it is a group."""
    if isinstance(error, BaseExceptionGroup):
        return "\n".join(map(_text_of, error.exceptions))
    return str(error)
