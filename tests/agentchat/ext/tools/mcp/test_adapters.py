import json
import sys
from pathlib import Path

import pytest

from agentchat.core import CancellationToken

pytest.importorskip("mcp", reason="needs mcp: its SDK is not installed")

from mcp import types

from agentchat.core.tools import StaticWorkbench
from agentchat.ext.tools.mcp import (
    McpToolFailed,
    SseMcpToolAdapter,
    SseServerParams,
    StdioMcpToolAdapter,
    StdioServerParams,
    StreamableHttpMcpToolAdapter,
    StreamableHttpServerParams,
    create_mcp_server_session,
    mcp_server_tools,
)

SERVED = str(Path(__file__).with_name("served.py"))
PARAMS = StdioServerParams(command=sys.executable, args=[SERVED], read_timeout_seconds=20)
TOKEN = CancellationToken()


def described(**schema: object) -> types.Tool:
    return types.Tool.model_validate(
        {"name": "odd", "description": "Odd.", "inputSchema": {"type": "object", **schema}}
    )


async def test_every_call_may_have_a_connection_of_its_own() -> None:
    add = await StdioMcpToolAdapter.from_server_params(PARAMS, "add")

    blocks = await add.run_json({"a": 2}, TOKEN)

    assert add.return_value_as_string(blocks) == json.dumps(
        [{"type": "text", "text": "3", "annotations": None}]
    )


async def test_all_tools_may_share_a_session() -> None:
    async with create_mcp_server_session(PARAMS) as session:
        await session.initialize()
        tools = {tool.name: tool for tool in await mcp_server_tools(PARAMS, session)}
        processes = [await tools["process"].run_json({}, TOKEN) for _ in range(2)]
        workbench = StaticWorkbench(list(tools.values()))
        result = await workbench.call_tool("add", {"a": 1, "b": 1})

    assert processes[0] == processes[1]
    assert len(tools) == 13
    assert '"text": "2"' in result.to_text()


async def test_a_tool_that_says_that_it_failed_raises() -> None:
    fail = await StdioMcpToolAdapter.from_server_params(PARAMS, "fail")

    with pytest.raises(McpToolFailed, match="Error executing tool fail"):
        await fail.run_json({}, TOKEN)


async def test_an_unknown_tool_is_named_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match="Tool 'nope' not found, available tools: add, weather"):
        await StdioMcpToolAdapter.from_server_params(PARAMS, "nope")


def test_a_model_is_told_the_schema_of_the_server() -> None:
    schema = {"properties": {"x": {"$ref": "#/$defs/X"}}, "$defs": {"X": {"type": "integer"}}}

    adapter = StdioMcpToolAdapter(PARAMS, described(**schema))

    assert adapter.schema == {
        "name": "odd",
        "description": "Odd.",
        "parameters": {"type": "object", **schema},
    }


def test_a_schema_without_a_pydantic_form_takes_everything() -> None:
    adapter = StdioMcpToolAdapter(PARAMS, described(properties={"x": {"type": "mystery"}}))

    args = adapter.args_type().model_validate({"x": 1, "y": [2]})

    assert args.model_dump(exclude_unset=True) == {"x": 1, "y": [2]}


@pytest.mark.parametrize(
    "adapter",
    [
        StdioMcpToolAdapter(PARAMS, described()),
        SseMcpToolAdapter(SseServerParams(url="http://localhost/sse"), described()),
        StreamableHttpMcpToolAdapter(
            StreamableHttpServerParams(url="http://localhost/mcp"), described()
        ),
    ],
    ids=lambda adapter: type(adapter).__name__,
)
def test_an_adapter_is_saved_as_the_protocol_writes_tools(
    adapter: StdioMcpToolAdapter | SseMcpToolAdapter | StreamableHttpMcpToolAdapter,
) -> None:
    saved = adapter.dump_component()
    loaded = type(adapter).load_component(json.loads(saved.model_dump_json()))

    assert saved.provider == f"agentchat.ext.tools.mcp.{type(adapter).__name__}"
    assert saved.config["tool"] == {
        "name": "odd",
        "description": "Odd.",
        "inputSchema": {"type": "object"},
    }
    assert loaded.dump_component() == saved
