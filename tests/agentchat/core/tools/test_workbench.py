import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from pydantic import BaseModel

from agentchat.core import CancellationToken, Image
from agentchat.core.tools import (
    BaseStreamTool,
    FunctionTool,
    ImageResultContent,
    StaticStreamWorkbench,
    StaticWorkbench,
    TextResultContent,
    ToolOverride,
    ToolResult,
)


class Nothing(BaseModel):
    pass


class Steps(BaseStreamTool[Nothing, str, int]):
    """Yields the items; raises those that are exceptions."""

    def __init__(self, *items: Any) -> None:
        super().__init__(Nothing, int, "steps", "Counts aloud.")
        self.items = items

    async def run(self, args: Nothing, cancellation_token: CancellationToken) -> int:
        return 0

    async def run_stream(
        self, args: Nothing, cancellation_token: CancellationToken
    ) -> AsyncGenerator[str | int, None]:
        for item in self.items:
            if isinstance(item, Exception):
                raise item
            yield item


async def add(x: int, y: int = 1) -> int:
    return x + y


async def fail(groups: int = 0) -> None:
    error: Exception = ValueError("broken")
    for _ in range(groups):
        error = ExceptionGroup("several", [error, TypeError("torn")])
    raise error


def workbench(**overrides: ToolOverride) -> StaticWorkbench:
    return StaticWorkbench([FunctionTool(add, "Adds."), FunctionTool(fail, "Fails.")], overrides)


def text(name: str, content: str, is_error: bool = False) -> ToolResult:
    return ToolResult(name=name, result=[TextResultContent(content=content)], is_error=is_error)


async def streamed(tool: Steps, name: str = "steps", **overrides: ToolOverride) -> list[Any]:
    bench = StaticStreamWorkbench([tool], overrides)
    return [item async for item in bench.call_tool_stream(name, {})]


async def test_calls_a_tool_by_name() -> None:
    async with workbench() as bench:
        result = await bench.call_tool("add", {"x": 1})

    assert result == text("add", "2")


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("nobody", None, "Tool nobody not found."),
        ("fail", None, "broken"),
        ("fail", {"groups": 2}, "broken\ntorn\ntorn"),
    ],
)
async def test_a_failure_is_a_result(
    name: str, arguments: dict[str, Any] | None, message: str
) -> None:
    assert await workbench().call_tool(name, arguments) == text(name, message, is_error=True)


async def test_arguments_that_do_not_fit_are_a_result_too() -> None:
    result = await workbench().call_tool("add", {"x": "one"})

    assert result.is_error
    assert "1 validation error for addargs" in result.to_text()


async def test_cancelling_ends_the_call_with_cancelled_error() -> None:
    token = CancellationToken()

    async def wait() -> None:
        asyncio.get_running_loop().call_soon(token.cancel)
        await asyncio.Event().wait()

    with pytest.raises(asyncio.CancelledError):
        await StaticWorkbench([FunctionTool(wait, "")]).call_tool("wait", {}, token)


async def test_shows_tools_under_their_overrides() -> None:
    bench = workbench(add=ToolOverride(name="plus"), fail=ToolOverride(description="Breaks."))

    shown = [(tool["name"], tool["description"]) for tool in await bench.list_tools()]

    assert shown == [("plus", "Adds."), ("fail", "Breaks.")]
    assert await bench.call_tool("plus", {"x": 2}) == text("plus", "3")
    assert await bench.call_tool("add", {"x": 2}) == text("add", "3")


def test_an_override_must_not_take_a_tools_name() -> None:
    with pytest.raises(ValueError, match="'fail' conflicts with existing tool name"):
        workbench(add=ToolOverride(name="fail"))


def test_two_overrides_must_not_share_a_name() -> None:
    with pytest.raises(ValueError, match="'x' is used by multiple tools: 'add' and 'fail'"):
        workbench(add=ToolOverride(name="x"), fail=ToolOverride(name="x"))


def test_an_override_of_an_unknown_tool_is_let_be() -> None:
    workbench(nobody=ToolOverride(name="somebody"), add=ToolOverride(name="add"))


async def test_state_is_kept_by_the_tools_own_names() -> None:
    bench = workbench()

    state = await bench.save_state()
    await bench.load_state(state)

    assert state == {"type": "StaticWorkbenchState", "tools": {"add": {}, "fail": {}}}


async def test_is_written_with_its_tools() -> None:
    bench = StaticStreamWorkbench([FunctionTool(add, "Adds.")], {"add": ToolOverride(name="p")})
    dumped = bench.dump_component()

    with pytest.warns(UserWarning, match="SECURITY WARNING"):
        loaded = StaticStreamWorkbench.load_component(
            dumped, allow=["agentchat.core.tools.FunctionTool"]
        )

    assert dumped.provider == "agentchat.core.tools.StaticStreamWorkbench"
    assert loaded.dump_component() == dumped
    assert await loaded.call_tool("p", {"x": 1}) == text("p", "2")


@pytest.mark.parametrize(
    ("items", "told"),
    [
        (["a", "b", 3], ["a", "b", text("steps", "3")]),
        ([3], [text("steps", "3")]),
        (
            ["a", "b", ValueError("broken")],
            ["a", "b", text("steps", "broken", is_error=True)],
        ),
        ([ValueError("broken")], [text("steps", "broken", is_error=True)]),
    ],
)
async def test_streams_what_a_tool_tells_and_then_its_result(
    items: list[Any], told: list[Any]
) -> None:
    assert await streamed(Steps(*items)) == told


async def test_streams_by_the_name_of_an_override() -> None:
    told = await streamed(Steps("a", 1), "s", steps=ToolOverride(name="s"))

    assert told == ["a", text("s", "1")]


async def test_a_tool_that_does_not_stream_gives_its_result_only() -> None:
    bench = StaticStreamWorkbench([FunctionTool(add, "Adds.")])

    assert [item async for item in bench.call_tool_stream("add", {"x": 1})] == [text("add", "2")]
    assert [item async for item in bench.call_tool_stream("nobody")] == [
        text("nobody", "Tool nobody not found.", is_error=True)
    ]


async def test_cancelling_between_two_items_ends_the_stream() -> None:
    token = CancellationToken()
    stream = StaticStreamWorkbench([Steps("a", "b", 3)]).call_tool_stream("steps", {}, token)

    first = await anext(stream)
    token.cancel()

    assert first == "a"
    with pytest.raises(asyncio.CancelledError):
        await anext(stream)


def test_a_result_is_read_as_text() -> None:
    image = Image.from_base64("iVBORw0KGgo=")
    result = ToolResult(
        name="draw",
        result=[TextResultContent(content="Here:"), ImageResultContent(content=image)],
    )

    assert result.to_text() == "Here:\n[Image: iVBORw0KGgo=]"
    assert result.to_text(replace_image="(a picture)") == "Here:\n(a picture)"
    assert ToolResult.model_validate_json(result.model_dump_json()) == result
