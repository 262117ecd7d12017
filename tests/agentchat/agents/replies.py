"""What the models of tested agents can do, and answer."""

from typing import Any

from agentchat.agents import AssistantAgent
from agentchat.core import FunctionCall
from agentchat.core.models import (
    CreateResult,
    FunctionExecutionResult,
    LLMMessage,
    RequestUsage,
)

CAPABLE: Any = {
    "vision": False,
    "function_calling": True,
    "json_output": True,
    "structured_output": True,
    "family": "unknown",
}
USAGE = RequestUsage(prompt_tokens=5, completion_tokens=6)
ADD_CALL = ("add", '{"a": 1, "b": 2}')
THREE = FunctionExecutionResult(content="3", name="add", call_id="0", is_error=False)


async def add(a: int, b: int) -> int:
    """Adds."""
    return a + b


def calling(*calls: tuple[str, str], thought: str | None = None) -> CreateResult:
    """A reply that calls tools, by name and arguments; the calls are numbered from 0."""
    content = [
        FunctionCall(id=str(number), name=name, arguments=arguments)
        for number, (name, arguments) in enumerate(calls)
    ]
    return CreateResult(
        finish_reason="function_calls", content=content, usage=USAGE, cached=False, thought=thought
    )


async def context_of(agent: AssistantAgent) -> list[LLMMessage]:
    return await agent.model_context.get_messages()
