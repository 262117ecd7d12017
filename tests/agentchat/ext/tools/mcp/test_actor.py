import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp", reason="needs mcp: its SDK is not installed")

from agentchat.ext.tools.mcp import (
    McpConnectionLost,
    McpNotRunning,
    McpServerParams,
    McpSessionActor,
    SseServerParams,
    StdioServerParams,
)

SERVED = str(Path(__file__).with_name("served.py"))
PARAMS = StdioServerParams(command=sys.executable, args=[SERVED], read_timeout_seconds=20)


async def test_needs_to_be_initialised() -> None:
    actor = McpSessionActor(PARAMS)

    with pytest.raises(McpNotRunning, match=r"MCP Actor not running, call initialize\(\) first"):
        await actor.call("list_tools")
    await actor.close()


async def test_a_lost_connection_stays_lost() -> None:
    actor = McpSessionActor(PARAMS)
    await actor.initialize()

    for _ in range(2):
        with pytest.raises(McpConnectionLost, match="MCP actor task crashed"):
            await actor.call("call_tool", {"name": "die"})

    assert not await actor.is_usable()
    await actor.close()


async def test_closing_does_not_wait_for_a_server_that_never_starts() -> None:
    silent = StdioServerParams(command=sys.executable, args=["-c", "input()"])
    actor = McpSessionActor(silent)
    starting = asyncio.ensure_future(actor.initialize())
    await asyncio.sleep(0)

    await actor.close()

    with pytest.raises(McpNotRunning, match="MCP Actor not running"):
        await starting


@pytest.mark.parametrize(
    ("params", "address"),
    [
        (
            StdioServerParams(command="npx", args=["server", "--api-key", "s3", "--token=s3", "x"]),
            "npx server --api-key *** --token=*** x",
        ),
        (SseServerParams(url="https://me:s3@host/sse?key=s3"), "https://host/sse"),
    ],
)
def test_errors_name_a_server_without_its_secrets(params: McpServerParams, address: str) -> None:
    assert McpConnectionLost(params, "list_tools").server == address


@pytest.mark.parametrize(
    ("kind", "args", "message"),
    [
        ("shout", None, "Unknown command type: shout"),
        ("call_tool", None, "args is required for call_tool"),
        ("call_tool", {}, "name is required for call_tool"),
        ("get_prompt", {}, "name is required for get_prompt"),
        ("read_resource", {"kargs": {}}, "uri is required for read_resource"),
    ],
)
async def test_a_request_must_make_sense(kind: str, args: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        await McpSessionActor(PARAMS).call(kind, args)


def test_an_actor_is_saved_and_loaded() -> None:
    saved = McpSessionActor(PARAMS).dump_component()

    assert McpSessionActor.load_component(saved).server_params == PARAMS
    assert saved.component_type == "mcp_session_actor"
