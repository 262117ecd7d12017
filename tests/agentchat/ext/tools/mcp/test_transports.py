import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agentchat.core import CancellationToken

pytest.importorskip("mcp", reason="needs mcp: its SDK is not installed")

from agentchat.ext.tools.mcp import (
    McpServerUnavailable,
    McpWorkbench,
    SseServerParams,
    StreamableHttpServerParams,
    mcp_server_tools,
)

SERVED = str(Path(__file__).with_name("served.py"))
Params = SseServerParams | StreamableHttpServerParams


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(transport: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, SERVED, transport, str(port)]) as server:
        try:
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except ConnectionRefusedError:
                    assert server.poll() is None
                    time.sleep(0.02)
            yield server
        finally:
            server.kill()


def params_of(transport: str, port: int) -> Params:
    if transport == "sse":
        return SseServerParams(url=f"http://127.0.0.1:{port}/sse", sse_read_timeout=20)
    return StreamableHttpServerParams(url=f"http://127.0.0.1:{port}/mcp", sse_read_timeout=20)


@pytest.fixture(scope="module", params=["sse", "http"])
def params(request: pytest.FixtureRequest) -> Iterator[Params]:
    port = free_port()
    with serving(request.param, port):
        yield params_of(request.param, port)


async def test_calls_over_http(params: Params) -> None:
    async with McpWorkbench(params) as workbench:
        result = await workbench.call_tool("add", {"a": 1})
        names = [tool["name"] for tool in await workbench.list_tools()]

    assert result.to_text() == "2"
    assert names[0] == "add"


async def test_cancels_over_http(params: Params) -> None:
    token = CancellationToken()
    async with McpWorkbench(params) as workbench:
        waiting = asyncio.ensure_future(workbench.call_tool("wait", cancellation_token=token))
        await workbench.call_tool("add", {"a": 1})

        token.cancel()

        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert (await workbench.call_tool("until_cancelled")).to_text() == "was cancelled"


async def test_adapters_of_both_kinds_connect_for_each_call(params: Params) -> None:
    [add, *_] = await mcp_server_tools(params)

    blocks = await add.run_json({"a": 1}, CancellationToken())

    assert [block.text for block in blocks] == ["2"]


@pytest.mark.parametrize("transport", ["sse", "http"])
async def test_connects_anew_to_a_server_that_was_started_again(transport: str) -> None:
    port = free_port()
    workbench = McpWorkbench(params_of(transport, port))

    with serving(transport, port) as server:
        before = await workbench.call_tool("process")
        assert before.to_text() == str(server.pid)
    while not (await workbench.call_tool("process")).is_error:
        pass
    with serving(transport, port) as server:
        after = await workbench.call_tool("process")

        assert after.to_text() == str(server.pid)
        await workbench.stop()


@pytest.mark.parametrize("transport", ["sse", "http"])
async def test_a_server_that_is_killed_in_a_call_is_named_and_so_is_its_absence(
    transport: str,
) -> None:
    port = free_port()
    workbench = McpWorkbench(params_of(transport, port))
    with serving(transport, port):
        await workbench.call_tool("process")

        died = await workbench.call_tool("die")

    absent = await workbench.call_tool("process")
    assert (died.is_error, absent.is_error) == (True, True)
    assert died.to_text().startswith("MCP actor task crashed: the connection was lost.")
    assert "All connection attempts failed" in absent.to_text()


async def test_a_restart_between_two_calls_is_not_noticed() -> None:
    port = free_port()
    workbench = McpWorkbench(params_of("http", port))

    with serving("http", port):
        await workbench.call_tool("process")
    with serving("http", port) as server:
        after = await workbench.call_tool("process")

        assert after.to_text() == str(server.pid)
        await workbench.stop()


@pytest.mark.parametrize("transport", ["sse", "http"])
async def test_an_absent_server_is_named(transport: str) -> None:
    params = params_of(transport, free_port())

    with pytest.raises(McpServerUnavailable, match="All connection attempts failed") as raised:
        await McpWorkbench(params).start()

    assert raised.value.server == params.url
