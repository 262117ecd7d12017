import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from agentchat.core import CancellationToken
from agentchat.core.tools import ImageResultContent, TextResultContent, ToolOverride, ToolResult

pytest.importorskip("mcp", reason="needs mcp: its SDK is not installed")

from agentchat.ext.tools.mcp import (
    McpServerUnavailable,
    McpToolChanged,
    McpWorkbench,
    StdioServerParams,
)

SERVED = str(Path(__file__).with_name("served.py"))


def served(seconds: float = 20) -> StdioServerParams:
    return StdioServerParams(command=sys.executable, args=[SERVED], read_timeout_seconds=seconds)


def text(name: str, content: str, is_error: bool = False) -> ToolResult:
    return ToolResult(name=name, result=[TextResultContent(content=content)], is_error=is_error)


@pytest.fixture
async def workbench() -> AsyncIterator[McpWorkbench]:
    async with McpWorkbench(served()) as started:
        yield started


async def test_shows_a_tool_as_the_server_describes_it(workbench: McpWorkbench) -> None:
    tool = (await workbench.list_tools())[0]

    assert tool["name"] == "add"
    assert tool["description"] == "Adds."
    assert tool["parameters"]["required"] == ["a"]
    assert tool["parameters"]["properties"]["b"]["default"] == 1


async def test_calls_a_tool(workbench: McpWorkbench) -> None:
    assert await workbench.call_tool("add", {"a": 2, "b": 3}) == text("add", "5")


async def test_lists_all_pages_and_asks_only_once(workbench: McpWorkbench) -> None:
    names = [tool["name"] for tool in await workbench.list_tools()]
    await workbench.call_tool("weather", {"city": "Rome"})
    again = [tool["name"] for tool in await workbench.list_tools()]

    assert names == again
    assert (names[0], names[-1], len(names)) == ("add", "ask_roots", 13)
    assert (await workbench.call_tool("listings")).to_text() == "1"


async def test_lists_anew_when_the_server_says_that_its_tools_changed(
    workbench: McpWorkbench,
) -> None:
    before = {tool["name"] for tool in await workbench.list_tools()}

    await workbench.call_tool("grow")

    assert {tool["name"] for tool in await workbench.list_tools()} - before == {"grown"}


async def test_a_structured_answer_comes_as_json(workbench: McpWorkbench) -> None:
    result = await workbench.call_tool("weather", {"city": "Rome"})

    assert json.loads(result.to_text()) == {"city": "Rome", "degrees": 21}


async def test_an_image_comes_as_an_image(workbench: McpWorkbench) -> None:
    result = await workbench.call_tool("picture")

    assert isinstance(result.result[0], ImageResultContent)
    assert result.result[0].content.to_base64().startswith("iVBORw0KGgo")


@pytest.mark.parametrize(
    ("name", "answer"),
    [("fail", "Error executing tool fail: no luck"), ("nope", "Unknown tool: nope")],
)
async def test_a_failure_is_a_result(workbench: McpWorkbench, name: str, answer: str) -> None:
    result = await workbench.call_tool(name)

    # Version 2 of the SDK keeps what its own server says of a ToolError short.
    assert result.is_error
    assert answer.endswith(result.to_text()) or result.to_text() == answer


async def test_prompts_and_resources_can_be_had_too(workbench: McpWorkbench) -> None:
    prompt: Any = await workbench.get_prompt("greet", {"name": "Ada"})
    memo: Any = await workbench.read_resource("memo://today")

    assert [prompt.name for prompt in (await workbench.list_prompts()).prompts] == ["greet"]
    assert prompt.messages[0].content.text == "Say hello to Ada."
    assert [str(each.uri) for each in (await workbench.list_resources()).resources] == [
        "memo://today"
    ]
    assert len(dict(await workbench.list_resource_templates()).popitem()) == 2
    assert memo.contents[0].text == "Write tests."


async def test_cancelling_stops_the_call_at_the_server_and_the_session_stays(
    workbench: McpWorkbench,
) -> None:
    token = CancellationToken()
    process = await workbench.call_tool("process")
    waiting = asyncio.ensure_future(workbench.call_tool("wait", cancellation_token=token))
    # When this is answered, the server has got the call before it.
    await workbench.call_tool("add", {"a": 1})

    token.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await workbench.call_tool("until_cancelled") == text("until_cancelled", "was cancelled")
    assert await workbench.call_tool("process") == process


async def test_a_token_cancelled_before_calls_nothing(workbench: McpWorkbench) -> None:
    token = CancellationToken()
    token.cancel()

    with pytest.raises(asyncio.CancelledError):
        await workbench.call_tool("add", {"a": 1}, token)


async def test_a_call_that_takes_too_long_is_called_off() -> None:
    async with McpWorkbench(served(seconds=1)) as workbench:
        result = await workbench.call_tool("wait")
        after = await workbench.call_tool("until_cancelled")

    assert result.is_error
    assert "has not answered call_tool 'wait' within 1 seconds" in result.to_text()
    assert "fix:      give it longer: StdioServerParams(read_timeout_seconds=...)" in (
        result.to_text()
    )
    assert after == text("until_cancelled", "was cancelled")


async def test_a_server_that_is_killed_in_a_call_is_started_again(workbench: McpWorkbench) -> None:
    before = await workbench.call_tool("process")

    result = await workbench.call_tool("die")
    after = await workbench.call_tool("process")

    assert result.is_error
    assert result.to_text().startswith("MCP actor task crashed: the connection was lost.")
    assert not after.is_error
    assert after != before


async def test_a_server_that_can_not_be_started_is_named() -> None:
    workbench = McpWorkbench(StdioServerParams(command="no-such-program"))

    with pytest.raises(McpServerUnavailable, match="Please check the server connection") as raised:
        await workbench.start()

    assert raised.value.server == "no-such-program"
    assert isinstance(raised.value.reason, FileNotFoundError)
    assert (await workbench.call_tool("add")).is_error
    with pytest.raises(RuntimeError, match="McpWorkbench is not started"):
        await workbench.stop()


async def test_it_may_be_entered_and_left_from_different_tasks() -> None:
    workbench = McpWorkbench(served())

    await asyncio.create_task(workbench.start())
    result = await asyncio.create_task(workbench.call_tool("add", {"a": 1}))
    await asyncio.create_task(workbench.stop())

    assert result == text("add", "2")


async def test_two_workbenches_do_not_disturb_each_other() -> None:
    async with McpWorkbench(served()) as first, McpWorkbench(served()) as second:
        results = await asyncio.gather(
            *(each.call_tool("process") for each in (first, second, first, second))
        )

    assert results[0] == results[2]
    assert results[1] == results[3]
    assert results[0] != results[1]


async def test_it_starts_by_itself_and_once() -> None:
    workbench = McpWorkbench(served())

    results = await asyncio.gather(*(workbench.call_tool("process") for _ in range(3)))
    with pytest.warns(UserWarning, match="already started"):
        await workbench.start()

    assert results[0] == results[1] == results[2]
    assert workbench.initialize_result is not None
    await workbench.stop()
    with pytest.raises(RuntimeError, match="McpWorkbench is not started"):
        await workbench.stop()


async def test_an_overridden_tool_is_called_by_its_new_name() -> None:
    overrides = {"add": ToolOverride(name="sum", description="Sums.")}

    async with McpWorkbench(served(), tool_overrides=overrides) as workbench:
        shown = (await workbench.list_tools())[0]
        result = await workbench.call_tool("sum", {"a": 1})

    assert (shown["name"], shown["description"]) == ("sum", "Sums.")
    assert result == text("sum", "2")


def test_two_tools_can_not_have_one_name() -> None:
    overrides = {"add": ToolOverride(name="x"), "fail": ToolOverride(name="x")}

    with pytest.raises(ValueError, match="used by multiple tools: 'add' and 'fail'"):
        McpWorkbench(served(), tool_overrides=overrides)


async def test_only_approved_tools_exist(workbench: McpWorkbench) -> None:
    hashes = await workbench.tool_hashes()

    async with McpWorkbench(served(), approved_tools={"add": hashes["add"]}) as careful:
        assert [tool["name"] for tool in await careful.list_tools()] == ["add"]
        assert await careful.call_tool("add", {"a": 1}) == text("add", "2")
        assert await careful.call_tool("fail") == text("fail", "Tool fail not found.", True)


async def test_a_tool_that_changed_since_its_approval_is_refused() -> None:
    async with McpWorkbench(served(), approved_tools={"add": "0" * 64}) as workbench:
        with pytest.raises(McpToolChanged, match="fix:      read the new description"):
            await workbench.list_tools()
        result = await workbench.call_tool("add", {"a": 1})

    assert result.is_error
    assert "'add' is not the one that was approved" in result.to_text()


async def test_it_has_no_state(workbench: McpWorkbench) -> None:
    state = await workbench.save_state()
    await workbench.load_state(state)
    await workbench.reset()

    assert state == {"type": "McpWorkBenchState"}


def test_it_is_saved_and_loaded() -> None:
    overrides = {"add": ToolOverride(name="sum")}
    workbench = McpWorkbench(served(7), overrides, approved_tools={"add": "1"})

    saved = workbench.dump_component()
    loaded = McpWorkbench.load_component(json.loads(saved.model_dump_json()))

    assert saved.provider == "agentchat.ext.tools.mcp.McpWorkbench"
    assert saved.config["server_params"]["read_timeout_seconds"] == 7
    assert loaded.dump_component() == saved
