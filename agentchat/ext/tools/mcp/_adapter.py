"""Tools of a server as tools of ours, one class a transport."""

from abc import ABC
from collections.abc import Sequence
from typing import Any, ClassVar, Generic, Self, TypeVar, cast

from mcp import ClientSession, types
from pydantic import BaseModel

from agentchat.core import CancellationToken
from agentchat.core._component import Component, ComponentType
from agentchat.core.tools import BaseTool, ParametersSchema, ToolSchema
from agentchat.ext.tools.mcp._actor import McpSessionActor
from agentchat.ext.tools.mcp._config import (
    McpServerParams,
    SseServerParams,
    StdioServerParams,
    StreamableHttpServerParams,
)
from agentchat.ext.tools.mcp._errors import McpToolFailed
from agentchat.ext.tools.mcp._results import as_json
from agentchat.ext.tools.mcp._sdk import WireTool, all_pages, sent, wire
from agentchat.ext.tools.mcp._tool_schema import arguments_model, parameters_of

ParamsT = TypeVar("ParamsT", bound=McpServerParams)


class McpToolAdapter(BaseTool[BaseModel, Any], ABC, Generic[ParamsT]):
    """One tool of a server. What it returns are the blocks of the server's answer.

    A model is told the very schema that the server gives.

    Args:
        server_params: Where the server is.
        tool: What the server says of the tool.
        session: An initialised session to use; it stays the caller's to close. None: every call
            connects, asks and disconnects.
    """

    component_type: ClassVar[ComponentType] = "tool"

    def __init__(
        self, server_params: ParamsT, tool: types.Tool, session: ClientSession | None = None
    ) -> None:
        self._server_params = server_params
        self._tool = tool
        self._session = session
        told = wire(tool)
        super().__init__(arguments_model(told), list, told["name"], told.get("description", ""))
        self._parameters = cast(ParametersSchema, parameters_of(told))

    @property
    def schema(self) -> ToolSchema:
        """What the server says of the tool."""
        parameters = cast(ParametersSchema, self._parameters)
        return ToolSchema(name=self.name, description=self.description, parameters=parameters)

    @classmethod
    async def from_server_params(cls, server_params: ParamsT, tool_name: str) -> Self:
        """An adapter of the tool with that name, about which the server is asked.

        Raises:
            ValueError: The server has no such tool.
        """
        tools = await listed_tools(server_params)
        for tool in tools:
            if tool.name == tool_name:
                return cls(server_params, tool)
        available = ", ".join(tool.name for tool in tools)
        raise ValueError(f"Tool '{tool_name}' not found, available tools: {available}")

    async def run(self, args: BaseModel, cancellation_token: CancellationToken) -> Any:
        """Calls the tool with those arguments that were given.

        Raises:
            McpToolFailed: The tool answered that it failed.
        """
        given = args.model_dump(mode="json", by_alias=True, exclude_unset=True)
        with cancellation_token.interrupting():
            answer = await self._answer(given)
        if wire(answer).get("isError"):
            raise McpToolFailed(self.return_value_as_string(answer.content))
        return answer.content

    async def _answer(self, arguments: dict[str, Any]) -> types.CallToolResult:
        session, name = self._session, self._tool.name
        if session is not None:
            return await sent(session, lambda: session.call_tool(name, arguments))
        actor = McpSessionActor(self._server_params)
        try:
            await actor.initialize()
            answer: types.CallToolResult = await actor.call(
                "call_tool", {"name": name, "kargs": arguments}
            )
            return answer
        finally:
            await actor.close()

    def return_value_as_string(self, value: Any) -> str:
        """The blocks as a JSON array."""
        return as_json(value)


class StdioMcpToolAdapterConfig(BaseModel):
    """A saved tool, with the program that has it."""

    server_params: StdioServerParams
    tool: WireTool


class StdioMcpToolAdapter(McpToolAdapter[StdioServerParams], Component[StdioMcpToolAdapterConfig]):
    """A tool of a server that is a program on this machine."""

    component_config_schema: ClassVar[type[BaseModel]] = StdioMcpToolAdapterConfig

    def _to_config(self) -> StdioMcpToolAdapterConfig:
        return StdioMcpToolAdapterConfig(server_params=self._server_params, tool=self._tool)

    @classmethod
    def _from_config(cls, config: StdioMcpToolAdapterConfig) -> Self:
        return cls(config.server_params, config.tool)


class SseMcpToolAdapterConfig(BaseModel):
    """A saved tool, with the address of its server."""

    server_params: SseServerParams
    tool: WireTool


class SseMcpToolAdapter(McpToolAdapter[SseServerParams], Component[SseMcpToolAdapterConfig]):
    """A tool of a server that is reached over HTTP with server-sent events."""

    component_config_schema: ClassVar[type[BaseModel]] = SseMcpToolAdapterConfig

    def _to_config(self) -> SseMcpToolAdapterConfig:
        return SseMcpToolAdapterConfig(server_params=self._server_params, tool=self._tool)

    @classmethod
    def _from_config(cls, config: SseMcpToolAdapterConfig) -> Self:
        return cls(config.server_params, config.tool)


class StreamableHttpMcpToolAdapterConfig(BaseModel):
    """A saved tool, with the address of its server."""

    server_params: StreamableHttpServerParams
    tool: WireTool


class StreamableHttpMcpToolAdapter(
    McpToolAdapter[StreamableHttpServerParams], Component[StreamableHttpMcpToolAdapterConfig]
):
    """A tool of a server that is reached over streamable HTTP."""

    component_config_schema: ClassVar[type[BaseModel]] = StreamableHttpMcpToolAdapterConfig

    def _to_config(self) -> StreamableHttpMcpToolAdapterConfig:
        return StreamableHttpMcpToolAdapterConfig(
            server_params=self._server_params, tool=self._tool
        )

    @classmethod
    def _from_config(cls, config: StreamableHttpMcpToolAdapterConfig) -> Self:
        return cls(config.server_params, config.tool)


async def mcp_server_tools(
    server_params: McpServerParams, session: ClientSession | None = None
) -> list[StdioMcpToolAdapter | SseMcpToolAdapter | StreamableHttpMcpToolAdapter]:
    """An adapter for each tool of a server.

    Args:
        server_params: Where the server is.
        session: An initialised session that all of them shall use; None: each call connects anew.

    Raises:
        McpServerUnavailable: The server can't be reached.
        ValueError: The parameters are of no kind that is known.
    """
    if isinstance(server_params, StdioServerParams):
        tools = await listed_tools(server_params, session)
        return [StdioMcpToolAdapter(server_params, tool, session) for tool in tools]
    if isinstance(server_params, SseServerParams):
        tools = await listed_tools(server_params, session)
        return [SseMcpToolAdapter(server_params, tool, session) for tool in tools]
    if isinstance(server_params, StreamableHttpServerParams):
        tools = await listed_tools(server_params, session)
        return [StreamableHttpMcpToolAdapter(server_params, tool, session) for tool in tools]
    raise ValueError(f"Unsupported server params type: {type(server_params)}")


async def listed_tools(
    server_params: McpServerParams, session: ClientSession | None = None
) -> Sequence[types.Tool]:
    """What a server says of all its tools."""
    listed: types.ListToolsResult
    if session is not None:
        listed = await all_pages(session.list_tools, "tools")
        return list(listed.tools)
    actor = McpSessionActor(server_params)
    try:
        await actor.initialize()
        listed = await actor.tools()
    finally:
        await actor.close()
    return list(listed.tools)
