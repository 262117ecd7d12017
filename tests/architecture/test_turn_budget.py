"""What one more round-robin turn may cost: counted, not timed."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import agentchat
from agentchat.agents import BaseChatAgent
from agentchat.base import Response
from agentchat.core import CancellationToken
from agentchat.messages import BaseChatMessage, TextMessage
from agentchat.teams import RoundRobinGroupChat


class Echo(BaseChatAgent):
    """Says hello."""

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return (TextMessage,)

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        return Response(chat_message=TextMessage(content="hello", source=self.name))

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        pass


OURS = str(Path(agentchat.__file__).parent)


def counted(event: str, turns: int, where: str = "") -> int:
    """How many Python calls, or executed lines, a run of so many turns takes in some files."""
    team = RoundRobinGroupChat([Echo("one", "One."), Echo("two", "Two.")], max_turns=turns)
    count = 0

    def tracer(frame: FrameType, seen: str, _: Any) -> Callable[..., Any]:
        nonlocal count
        count += seen == event and frame.f_code.co_filename.startswith(where)
        return tracer

    async def main() -> None:
        await team.run(task="warm up")
        before = sys.gettrace()
        sys.settrace(tracer)
        try:
            await team.run(task="go")
        finally:
            sys.settrace(before)

    asyncio.run(main())
    return count


def a_further_turn(event: str, where: str = "") -> float:
    return (counted(event, 60, where) - counted(event, 10, where)) / 50


def test_a_further_turn_takes_at_most_sixty_calls_of_any_code() -> None:
    assert a_further_turn("call") <= 60


def test_a_further_turn_takes_at_most_two_hundred_lines_of_ours() -> None:
    assert a_further_turn("line", OURS) <= 200
