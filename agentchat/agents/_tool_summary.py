"""The results of tool calls as an agent's answer, without asking a model again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from agentchat.agents._tool_round import ToolRound
from agentchat.core import FunctionCall
from agentchat.core.models import FunctionExecutionResult
from agentchat.messages import ToolCallSummaryMessage

ToolCallSummaryFormatter: TypeAlias = Callable[[FunctionCall, FunctionExecutionResult], str]
"""Puts one call and its result into words."""


@dataclass(frozen=True, slots=True)
class SummaryStyle:
    """How results are put into words."""

    format: str
    """A format string with `tool_name`, `arguments`, `result` and `is_error`."""

    formatter: ToolCallSummaryFormatter | None
    """Used instead of the format string when it is given."""

    rounds: Literal["last", "all"]
    """Whether only the last round of calls is told of."""

    def message(self, source: str, rounds: Sequence[ToolRound]) -> ToolCallSummaryMessage:
        """The answer, one call a line."""
        told = rounds if self.rounds == "all" else rounds[-1:]
        outcomes = [outcome for each in told for outcome in each.outcomes]
        return ToolCallSummaryMessage(
            content="\n".join(self._line(call, result) for call, result in outcomes),
            source=source,
            tool_calls=[call for call, _ in outcomes],
            results=[result for _, result in outcomes],
        )

    def _line(self, call: FunctionCall, result: FunctionExecutionResult) -> str:
        if self.formatter is not None:
            return self.formatter(call, result)
        return self.format.format(
            tool_name=call.name,
            arguments=call.arguments,
            result=result.content,
            is_error=result.is_error,
        )
