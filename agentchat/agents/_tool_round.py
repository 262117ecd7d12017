"""A round of tool calls: all that a model asked for at once, performed side by side."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from agentchat.agents._tool_call import failure, perform
from agentchat.agents._toolbox import Toolbox
from agentchat.core import CancellationToken, FunctionCall
from agentchat.core._streams import side_by_side, stepped
from agentchat.core._world import scope
from agentchat.core.models import FunctionExecutionResult
from agentchat.messages import BaseAgentEvent, BaseChatMessage

WatchStream = AsyncGenerator[BaseAgentEvent | BaseChatMessage, None]


class ToolRound:
    """Calls, and what has come of each so far.

    Args:
        calls: In the order in which the model asked for them.
    """

    def __init__(self, calls: Sequence[FunctionCall]) -> None:
        self.calls = calls
        self._result_by_position: dict[int, FunctionExecutionResult] = {}

    @property
    def results(self) -> list[FunctionExecutionResult]:
        """One for each call, in the same order; an error for a call that has not returned."""
        return [
            self._result_by_position.get(position)
            or failure(call, "Error: the call ended without a result")
            for position, call in enumerate(self.calls)
        ]

    @property
    def outcomes(self) -> list[tuple[FunctionCall, FunctionExecutionResult]]:
        """Each call with its result."""
        return list(zip(self.calls, self.results, strict=True))

    def perform(self, toolbox: Toolbox, token: CancellationToken) -> WatchStream:
        """Makes the calls, and yields what they let be watched, as it comes.

        Calls of sequential tools are made one after the other, in the order of the request; the
        other calls beside them, as many at a time as the rules allow.
        """
        lanes = _lanes(self.calls, toolbox.rules.sequential)
        streams = [self._lane(lane, toolbox, token) for lane in lanes]
        limit = toolbox.rules.max_parallel or len(lanes)
        return side_by_side(streams, limit, token)

    async def _lane(
        self, lane: Sequence[int], toolbox: Toolbox, token: CancellationToken
    ) -> WatchStream:
        for position in lane:
            call = self.calls[position]
            # Named by position, so that ids do not depend on which call is faster.
            place = scope(f"{call.name}#{position}")
            async with aclosing(stepped(perform(call, toolbox, token), place)) as stream:
                async for item in stream:
                    if isinstance(item, FunctionExecutionResult):
                        self._result_by_position[position] = item
                    else:
                        yield item


def _lanes(calls: Sequence[FunctionCall], sequential: frozenset[str]) -> list[list[int]]:
    """Positions of the calls; those in one lane are made one after the other."""
    lanes: list[list[int]] = []
    shared: list[int] = []
    for position, call in enumerate(calls):
        lane = shared if call.name in sequential else []
        if not lane:
            lanes.append(lane)
        lane.append(position)
    return lanes
