"""Every workbench that we have keeps its promises."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest
from pydantic import BaseModel

from agentchat.core import CancellationToken
from agentchat.core.tools import (
    BaseStreamTool,
    BaseTool,
    FunctionTool,
    StaticStreamWorkbench,
    StaticWorkbench,
    ToolOverride,
    Workbench,
)
from harness.conformance import ToolUse, ToolUses, check_workbench


class Count(BaseModel):
    to: int


class Counting(BaseStreamTool[Count, int, int]):
    """Counts aloud; to a negative number it can't, and to zero it takes forever."""

    def __init__(self) -> None:
        super().__init__(Count, int, "count", "Counts.")

    async def run(self, args: Count, cancellation_token: CancellationToken) -> int:
        return [item async for item in self.run_stream(args, cancellation_token)][-1]

    async def run_stream(
        self, args: Count, cancellation_token: CancellationToken
    ) -> AsyncGenerator[int, None]:
        for number in range(1, args.to + 1):
            await asyncio.sleep(0)
            yield number
        if args.to < 0:
            raise ValueError("There is no such way.")
        if args.to == 0:
            await asyncio.Event().wait()


async def add(x: int, y: int = 1) -> int:
    """Adds."""
    return x + y


def fail() -> None:
    """Fails."""
    raise LookupError("not there")


async def wait() -> None:
    """Waits."""
    await asyncio.Event().wait()


def tools() -> list[BaseTool[Any, Any]]:
    return [*(FunctionTool(function, "") for function in (add, fail, wait)), Counting()]


USES = {
    "functions": ToolUses(ToolUse("add", {"x": 1}), ToolUse("fail"), ToolUse("wait")),
    "wrong arguments": ToolUses(ToolUse("add", {"x": 1}), ToolUse("add"), ToolUse("wait")),
    "a stream": ToolUses(
        ToolUse("count", {"to": 2}), ToolUse("count", {"to": -1}), ToolUse("count", {"to": 0})
    ),
}


@pytest.mark.parametrize("uses", USES.values(), ids=USES.keys())
@pytest.mark.parametrize("kind", [StaticWorkbench, StaticStreamWorkbench])
async def test_keeps_its_promises(kind: Callable[..., Workbench], uses: ToolUses) -> None:
    await check_workbench(lambda: kind(tools()), uses)


@pytest.mark.parametrize("kind", [StaticWorkbench, StaticStreamWorkbench])
async def test_keeps_its_promises_under_other_names(kind: Callable[..., Workbench]) -> None:
    other_names = {"add": ToolOverride(name="plus"), "count": ToolOverride(name="number")}
    uses = ToolUses(
        ToolUse("plus", {"x": 1}), ToolUse("number", {"to": -1}), ToolUse("number", {"to": 0})
    )

    await check_workbench(lambda: kind(tools(), other_names), uses)
