"""From tool calls to the message that hands the turn over."""

import warnings
from collections.abc import Mapping, Sequence

from agentchat.base import Handoff
from agentchat.core import FunctionCall
from agentchat.core.models import (
    AssistantMessage,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    LLMMessage,
)
from agentchat.messages import HandoffMessage

Outcomes = Sequence[tuple[FunctionCall, FunctionExecutionResult]]


def handoff_of(
    source: str,
    outcomes: Outcomes,
    thought: str | None,
    handoff_by_name: Mapping[str, Handoff],
) -> HandoffMessage | None:
    """The message for the first handoff that succeeded; None when there was none."""
    succeeded = [
        (call, result)
        for call, result in outcomes
        if call.name in handoff_by_name and not result.is_error
    ]
    if not succeeded:
        return None
    if len(succeeded) > 1:
        warnings.warn(
            f"Multiple handoffs detected. Only the first is executed: "
            f"{[call.name for call, _ in succeeded]}. "
            "A model client that is told not to call tools in parallel avoids this.",
            UserWarning,
            stacklevel=2,
        )
    call, result = succeeded[0]
    others = [outcome for outcome in outcomes if outcome[0].name not in handoff_by_name]
    return HandoffMessage(
        content=result.content,
        target=handoff_by_name[call.name].target,
        source=source,
        context=_context_of(source, others, thought),
    )


def _context_of(source: str, others: Outcomes, thought: str | None) -> list[LLMMessage]:
    """What the target should know: what else was called, or else what was thought."""
    if others:
        calls = [call for call, _ in others]
        results = [result for _, result in others]
        return [
            AssistantMessage(content=calls, source=source, thought=thought),
            FunctionExecutionResultMessage(content=results),
        ]
    return [AssistantMessage(content=thought, source=source)] if thought else []
