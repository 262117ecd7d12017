"""ToolAgent: runs tools for other agents; and the loop in which a model calls them."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from agentchat.core._agent import BaseAgent
from agentchat.core._cancellation import CancellationToken
from agentchat.core._context import MessageContext
from agentchat.core._function_call import FunctionCall
from agentchat.core._ids import AgentId
from agentchat.core._routed_agent import RoutedAgent, message_handler
from agentchat.core._runtime import AgentRuntime
from agentchat.core.models import (
    AssistantMessage,
    ChatCompletionClient,
    CreateResult,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    LLMMessage,
)
from agentchat.core.tools import Tool, ToolSchema

__all__ = [
    "InvalidToolArgumentsException",
    "ToolAgent",
    "ToolException",
    "ToolExecutionException",
    "ToolNotFoundException",
    "tool_agent_caller_loop",
]


# A BaseException, as upstream: it passes every `except Exception` on its way to the model.
@dataclass
class ToolException(BaseException):
    """A tool call that came to nothing."""

    call_id: str
    """The model's name for the call."""

    content: str
    """What the model is told."""

    name: str
    """The tool that was asked for."""

    def __str__(self) -> str:
        return self.content


@dataclass
class ToolNotFoundException(ToolException):
    """There is no tool of that name."""


@dataclass
class InvalidToolArgumentsException(ToolException):
    """The arguments are no JSON."""


@dataclass
class ToolExecutionException(ToolException):
    """The tool raised, or refused its arguments; why is in `__cause__`."""


class ToolAgent(RoutedAgent):
    """Answers a `FunctionCall` with the `FunctionExecutionResult` of one of its tools.

    Args:
        description: What it does, for others to choose it.
        tools: What it can run.
    """

    def __init__(self, description: str, tools: list[Tool]) -> None:
        super().__init__(description)
        self._tools = tools

    @property
    def tools(self) -> list[Tool]:
        """What it can run."""
        return self._tools

    @message_handler
    async def handle_function_call(
        self, message: FunctionCall, ctx: MessageContext
    ) -> FunctionExecutionResult:
        """Runs the tool that the call names.

        Raises:
            ToolNotFoundException: There is none.
            InvalidToolArgumentsException: The arguments are no JSON.
            ToolExecutionException: The tool raised, or refused its arguments.
        """
        tool = next((tool for tool in self._tools if tool.name == message.name), None)
        if tool is None:
            raise ToolNotFoundException(
                message.id, f"Error: Tool not found: {message.name}", message.name
            )
        try:
            arguments = json.loads(message.arguments)
        except json.JSONDecodeError as error:
            raise InvalidToolArgumentsException(
                message.id, f"Error: Invalid arguments: {message.arguments}", message.name
            ) from error
        try:
            result = await tool.run_json(arguments, ctx.cancellation_token, call_id=message.id)
            text = tool.return_value_as_string(result)
        except Exception as error:
            raise ToolExecutionException(message.id, f"Error: {error}", message.name) from error
        return FunctionExecutionResult(
            content=text, name=message.name, call_id=message.id, is_error=False
        )


async def tool_agent_caller_loop(  # noqa: PLR0913 - upstream's parameters
    caller: BaseAgent | AgentRuntime,
    tool_agent_id: AgentId,
    model_client: ChatCompletionClient,
    input_messages: list[LLMMessage],
    tool_schema: list[ToolSchema] | list[Tool],
    cancellation_token: CancellationToken | None = None,
    caller_source: str = "assistant",
) -> list[LLMMessage]:
    """Asks a model, lets a tool agent run what it calls, and asks again until it answers in text.

    The calls of one answer run at once. What they raise as `ToolException` the model is told.

    Args:
        caller: Who sends the calls.
        tool_agent_id: Who runs them.
        model_client: Who is asked.
        input_messages: What the model is told at first; not changed.
        tool_schema: What the model may call.
        cancellation_token: Ends the loop.
        caller_source: In whose name the model speaks.

    Raises:
        BaseException: What a call raised other than `ToolException`.
    """
    generated: list[LLMMessage] = []
    while True:
        answer = await model_client.create(
            [*input_messages, *generated],
            tools=tool_schema,
            cancellation_token=cancellation_token,
        )
        generated.append(_spoken(answer, caller_source))
        if isinstance(answer.content, str):
            return generated
        outcomes = await asyncio.gather(
            *(
                caller.send_message(call, tool_agent_id, cancellation_token=cancellation_token)
                for call in answer.content
            ),
            return_exceptions=True,
        )
        results = [_result(outcome) for outcome in outcomes]
        generated.append(FunctionExecutionResultMessage(content=results))


def _spoken(answer: CreateResult, source: str) -> AssistantMessage:
    return AssistantMessage(content=answer.content, thought=answer.thought, source=source)


def _result(outcome: Any) -> FunctionExecutionResult:
    if isinstance(outcome, ToolException):
        return FunctionExecutionResult(
            content=outcome.content, name=outcome.name, call_id=outcome.call_id, is_error=True
        )
    if isinstance(outcome, BaseException):
        raise outcome
    assert isinstance(outcome, FunctionExecutionResult)
    return outcome
