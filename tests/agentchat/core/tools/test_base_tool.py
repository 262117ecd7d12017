from collections.abc import AsyncGenerator
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from agentchat.core import CancellationToken
from agentchat.core.tools import BaseStreamTool, BaseTool, BaseToolWithState, StreamTool, Tool


class Count(BaseModel):
    n: int


class OpenCount(BaseModel):
    model_config = ConfigDict(extra="allow")
    n: int


class Counter(BaseToolWithState[Count, int, Count]):
    def __init__(self) -> None:
        super().__init__(Count, int, Count, "count", "Counts on.")
        self.total = 0

    async def run(self, args: Count, cancellation_token: CancellationToken) -> int:
        self.total += args.n
        return self.total

    def save_state(self) -> Count:
        return Count(n=self.total)

    def load_state(self, state: Count) -> None:
        self.total = state.n


class Open(BaseTool[OpenCount, int]):
    def __init__(self, strict: bool) -> None:
        super().__init__(OpenCount, int, "open", "Takes more.", strict)

    async def run(self, args: OpenCount, cancellation_token: CancellationToken) -> int:
        return args.n


class Steps(BaseStreamTool[Count, str, int]):
    def __init__(self, *items: Any) -> None:
        super().__init__(Count, int, "steps", "Counts aloud.")
        self.items = items

    async def run(self, args: Count, cancellation_token: CancellationToken) -> int:
        return args.n

    async def run_stream(
        self, args: Count, cancellation_token: CancellationToken
    ) -> AsyncGenerator[str | int, None]:
        for item in self.items:
            yield item


async def streamed(*items: Any) -> list[Any]:
    stream = Steps(*items).run_json_stream({"n": 1}, CancellationToken())
    return [item async for item in stream]


def test_fulfils_the_protocols() -> None:
    assert isinstance(Counter(), Tool)
    assert isinstance(Steps(), StreamTool)
    assert not isinstance(Counter(), StreamTool)


async def test_state_is_saved_and_loaded_as_plain_values() -> None:
    counter, other = Counter(), Counter()
    await counter.run_json({"n": 4}, CancellationToken())

    state = await counter.save_state_json()
    await other.load_state_json(state)

    assert (state, other.total, counter.state_type()) == ({"n": 4}, 4, Count)


async def test_a_tool_without_state_saves_none() -> None:
    tool = Open(strict=False)

    await tool.load_state_json({"any": 1})

    assert (await tool.save_state_json(), tool.state_type()) == ({}, None)


def test_strict_allows_no_additional_arguments() -> None:
    assert Open(strict=False).schema["parameters"]["additionalProperties"] is True
    with pytest.raises(ValueError, match="Strict mode is enabled but additional argument"):
        _ = Open(strict=True).schema


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "1"), (None, "None"), ("é", "é"), (Count(n=1), '{"n": 1}'), ({"a": 1}, "{'a': 1}")],
)
def test_writes_what_a_tool_returned(value: Any, text: str) -> None:
    assert Counter().return_value_as_string(value) == text


async def test_streams_up_to_what_it_returns() -> None:
    assert await streamed("one", "two", 3) == ["one", "two", 3]


async def test_a_stream_must_end_with_what_it_returns() -> None:
    with pytest.raises(TypeError, match="Expected return value of type int, but got str"):
        await streamed("one")
    with pytest.raises(AssertionError, match="must yield a final return value"):
        await streamed()
