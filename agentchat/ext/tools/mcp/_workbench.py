"""McpWorkbench: the tools of a server, called by name over one connection."""

import warnings
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self, cast

from mcp import types
from pydantic import BaseModel, Field

from agentchat.core import CancellationToken
from agentchat.core._component import Component, ComponentModel
from agentchat.core._telemetry import trace_tool_span
from agentchat.core.models import ChatCompletionClient
from agentchat.core.tools import ParametersSchema, ToolOverride, ToolResult, ToolSchema, Workbench
from agentchat.ext.tools.mcp._actor import McpSessionActor
from agentchat.ext.tools.mcp._config import McpServerParams, address_of
from agentchat.ext.tools.mcp._errors import (
    McpServerUnavailable,
    McpSessionForgotten,
    McpToolChanged,
)
from agentchat.ext.tools.mcp._host import McpSessionHost
from agentchat.ext.tools.mcp._requests import McpActorArgs
from agentchat.ext.tools.mcp._results import failed, tool_result
from agentchat.ext.tools.mcp._sampling import ChatCompletionClientSampler
from agentchat.ext.tools.mcp._sdk import wire
from agentchat.ext.tools.mcp._tool_schema import hash_of, parameters_of


class McpWorkbenchConfig(BaseModel):
    """A saved workbench."""

    server_params: McpServerParams
    tool_overrides: dict[str, ToolOverride] = Field(default_factory=dict)
    host: ComponentModel | dict[str, Any] | None = None
    approved_tools: dict[str, str] | None = None
    model_client: ComponentModel | dict[str, Any] | None = None
    """Only read: how older configurations name the model of a sampler."""


class McpWorkbenchState(BaseModel):
    """What a workbench remembers: nothing."""

    type: Literal["McpWorkBenchState"] = "McpWorkBenchState"


class McpWorkbench(Workbench, Component[McpWorkbenchConfig]):
    """The tools of an MCP server, and its prompts and resources.

    The connection is made by `start`, or at first use; when it is lost, the next use makes it anew.
    It may be started, used and stopped from different tasks. The server is asked for its tools
    once, and again after it says that they changed.

    A server's descriptions are read by the model, which may follow them: connect to servers that
    are trusted, and approve their tools by hash where they may change.

    Args:
        server_params: Where the server is, and how long it may take to answer.
        tool_overrides: How tools are shown to the model, by their own names.
        host: Answers what the server asks in turn: for a model, a person, or its directories.
        approved_tools: Hash by a tool's own name, as `tool_hashes` gives them. Other tools don't
            exist then, and one that has changed is refused. None: all tools are as they are.

    Raises:
        ValueError: Two overrides have the same name.
    """

    component_config_schema: ClassVar[type[BaseModel]] = McpWorkbenchConfig

    def __init__(
        self,
        server_params: McpServerParams,
        tool_overrides: dict[str, ToolOverride] | None = None,
        host: McpSessionHost | None = None,
        *,
        approved_tools: Mapping[str, str] | None = None,
    ) -> None:
        self._server_params = server_params
        self._tool_overrides = tool_overrides or {}
        self._own_name_by_override = _own_names(self._tool_overrides)
        self._host = host
        self._approved_tools = approved_tools
        self._actor: McpSessionActor | None = None

    @property
    def server_params(self) -> McpServerParams:
        """Where the server is."""
        return self._server_params

    @property
    def initialize_result(self) -> types.InitializeResult | None:
        """How the server introduced itself; None while there is no connection."""
        return None if self._actor is None else self._actor.initialize_result

    async def list_tools(self) -> list[ToolSchema]:
        """What a model may call now, overrides applied.

        Raises:
            McpServerUnavailable: The server can't be reached.
            McpToolChanged: A tool is no longer what was approved.
        """
        return [self._shown(tool) for tool in await self._tools()]

    async def tool_hashes(self) -> dict[str, str]:
        """The hash of each tool's description as it is now, by its own name."""
        actor = await self._connected()
        return {tool.name: hash_of(wire(tool)) for tool in (await actor.tools()).tools}

    async def call_tool(
        self,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        cancellation_token: CancellationToken | None = None,
        call_id: str | None = None,
    ) -> ToolResult:
        """Calls a tool by its own name or its override's; whatever goes wrong is a result too.

        Cancelling the token calls the tool off at the server, and ends with CancelledError.
        """
        token = cancellation_token or CancellationToken()
        own_name = self._own_name_by_override.get(name, name)
        with trace_tool_span(name, tool_call_id=call_id):
            try:
                with token.interrupting():
                    if self._approved_tools is not None:
                        await self._check_approval(own_name)
                    answer = await self._asked(
                        "call_tool", {"name": own_name, "kargs": arguments or {}}
                    )
                return tool_result(name, answer)
            except Exception as error:
                return failed(name, error)

    async def list_prompts(self) -> types.ListPromptsResult:
        """The server's prompts."""
        result: types.ListPromptsResult = await self._asked("list_prompts")
        return result

    async def list_resources(self) -> types.ListResourcesResult:
        """The server's resources."""
        result: types.ListResourcesResult = await self._asked("list_resources")
        return result

    async def list_resource_templates(self) -> types.ListResourceTemplatesResult:
        """The patterns of URIs for which the server has resources."""
        result: types.ListResourceTemplatesResult = await self._asked("list_resource_templates")
        return result

    async def read_resource(self, uri: str) -> types.ReadResourceResult:
        """What a resource holds."""
        result: types.ReadResourceResult = await self._asked(
            "read_resource", {"kargs": {"uri": uri}}
        )
        return result

    async def get_prompt(
        self, name: str, arguments: dict[str, str] | None = None
    ) -> types.GetPromptResult:
        """The messages of a prompt.

        Args:
            name: As `list_prompts` has it.
            arguments: What the prompt is filled in with.
        """
        result: types.GetPromptResult = await self._asked(
            "get_prompt", {"name": name, "kargs": {"arguments": arguments}}
        )
        return result

    async def start(self) -> None:
        """Connects; does nothing but warn when that has been done.

        Raises:
            McpServerUnavailable: The server can't be reached.
        """
        if self._actor is not None:
            warnings.warn(
                "McpWorkbench is already started. No need to start again.",
                UserWarning,
                stacklevel=2,
            )
            return
        await self._connected()

    async def stop(self) -> None:
        """Disconnects.

        Raises:
            RuntimeError: There is no connection.
        """
        actor, self._actor = self._actor, None
        if actor is None:
            raise RuntimeError("McpWorkbench is not started. Call start() first.")
        await actor.close()

    async def reset(self) -> None:
        """Asks the server for its tools again, when they are needed next."""
        if self._actor is not None:
            self._actor.forget_tools()

    async def save_state(self) -> Mapping[str, Any]:
        """Nothing: what the server remembers is its own."""
        return McpWorkbenchState().model_dump()

    async def load_state(self, state: Mapping[str, Any]) -> None:
        """Does nothing."""

    async def _connected(self) -> McpSessionActor:
        known = self._actor
        if known is not None and await known.is_usable():
            return await self._ready(known)
        # Somebody else may have connected meanwhile.
        actor = self._actor
        if actor is None or actor is known:
            actor = self._actor = McpSessionActor(self._server_params, self._host)
        if known is not None:
            await known.close()
        return await self._ready(actor)

    async def _ready(self, actor: McpSessionActor) -> McpSessionActor:
        try:
            await actor.initialize()
        except McpServerUnavailable:
            if self._actor is actor:
                self._actor = None
            raise
        return actor

    async def _asked(self, kind: str, args: McpActorArgs | None = None) -> Any:
        actor = await self._connected()
        try:
            return await actor.call(kind, args)
        except McpSessionForgotten:
            # The server has done nothing yet, so that it may be asked again.
            return await (await self._connected()).call(kind, args)

    async def _tools(self) -> list[types.Tool]:
        """The tools that there are for a model, of which all that changed are refused."""
        actor = await self._connected()
        tools = (await actor.tools()).tools
        if self._approved_tools is None:
            return list(tools)
        approved = [tool for tool in tools if tool.name in self._approved_tools]
        for tool in approved:
            if hash_of(wire(tool)) != self._approved_tools[tool.name]:
                raise McpToolChanged(tool.name, address_of(self._server_params))
        return approved

    async def _check_approval(self, own_name: str) -> None:
        if all(tool.name != own_name for tool in await self._tools()):
            raise ValueError(f"Tool {own_name} not found.")

    def _shown(self, tool: types.Tool) -> ToolSchema:
        told = wire(tool)
        override = self._tool_overrides.get(tool.name, ToolOverride())
        described = override.description
        return ToolSchema(
            name=override.name or tool.name,
            description=told.get("description", "") if described is None else described,
            parameters=cast(ParametersSchema, parameters_of(told)),
        )

    def _to_config(self) -> McpWorkbenchConfig:
        approved = self._approved_tools
        return McpWorkbenchConfig(
            server_params=self._server_params,
            tool_overrides=self._tool_overrides,
            host=None if self._host is None else self._host.dump_component(),
            approved_tools=None if approved is None else dict(approved),
        )

    @classmethod
    def _from_config(cls, config: McpWorkbenchConfig) -> Self:
        host = None if config.host is None else McpSessionHost.load_component(config.host)
        if config.model_client is not None:
            client = ChatCompletionClient.load_component(config.model_client)
            host = McpSessionHost(sampler=ChatCompletionClientSampler(client))
        return cls(
            config.server_params,
            config.tool_overrides,
            host,
            approved_tools=config.approved_tools,
        )


def _own_names(overrides: Mapping[str, ToolOverride]) -> dict[str, str]:
    """The tools' own names, by those that overrides give them."""
    own_name_by_override: dict[str, str] = {}
    for own_name, override in overrides.items():
        name = override.name
        if name is None or name == own_name:
            continue
        if name in own_name_by_override:
            raise ValueError(
                f"Tool override name '{name}' is used by multiple tools: "
                f"'{own_name_by_override[name]}' and '{own_name}'. Override names must be unique."
            )
        own_name_by_override[name] = own_name
    return own_name_by_override
