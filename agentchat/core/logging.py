"""What the runtime, the agents and the model clients report to the log.

An event is the message object of an INFO record of the logger `autogen_core.events`; its text is
the JSON of `kwargs`. Whoever reports asks the logger first whether anybody listens.
"""

import json
from enum import Enum
from typing import Any, cast

from pydantic import BaseModel

from agentchat.core._context import MessageHandlerContext
from agentchat.core._ids import AgentId, TopicId

__all__ = [
    "EVENT_LOGGER_NAME",
    "ROOT_LOGGER_NAME",
    "TRACE_LOGGER_NAME",
    "AgentConstructionExceptionEvent",
    "AgentId",
    "DeliveryStage",
    "LLMCallEvent",
    "LLMStreamEndEvent",
    "LLMStreamStartEvent",
    "MessageDroppedEvent",
    "MessageEvent",
    "MessageHandlerContext",
    "MessageHandlerExceptionEvent",
    "MessageKind",
    "ToolCallEvent",
    "TopicId",
]

# The strings are API: people attach logging handlers to them.
ROOT_LOGGER_NAME = "autogen_core"
EVENT_LOGGER_NAME = "autogen_core.events"
TRACE_LOGGER_NAME = "autogen_core.trace"


class MessageKind(Enum):
    """How a message travels."""

    DIRECT = 1
    PUBLISH = 2
    RESPOND = 3


class DeliveryStage(Enum):
    """Where on its way a message is."""

    SEND = 1
    DELIVER = 2


class _Event:
    """A record with a `type`, read as JSON."""

    kwargs: dict[str, Any]
    """All facts of the event; `type` names its kind."""

    def __str__(self) -> str:
        return json.dumps(self.kwargs, default=_as_json)


class _UsageEvent(_Event):
    """An event that says how many tokens a model call took."""

    @property
    def prompt_tokens(self) -> int:
        """Tokens of the request."""
        return cast(int, self.kwargs["prompt_tokens"])

    @property
    def completion_tokens(self) -> int:
        """Tokens of the reply."""
        return cast(int, self.kwargs["completion_tokens"])


class LLMCallEvent(_UsageEvent):
    """A model was asked, and has answered.

    Args:
        messages: The request's messages, as the client sent them.
        response: The reply, as the client received it.
        prompt_tokens: Tokens of the request.
        completion_tokens: Tokens of the reply.
        kwargs: Further facts, to be put first.
    """

    def __init__(
        self,
        *,
        messages: list[dict[str, Any]],
        response: dict[str, Any],
        prompt_tokens: int,
        completion_tokens: int,
        **kwargs: Any,
    ) -> None:
        self.kwargs: dict[str, Any] = kwargs | {
            "type": "LLMCall",
            "messages": messages,
            "response": response,
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "agent_id": _running_agent(),
        }


class LLMStreamStartEvent(_Event):
    """A model was asked, and will answer piece by piece.

    Args:
        messages: The request's messages, as the client sent them.
        kwargs: Further facts, to be put first.
    """

    def __init__(self, *, messages: list[dict[str, Any]], **kwargs: Any) -> None:
        self.kwargs: dict[str, Any] = kwargs | {
            "type": "LLMStreamStart",
            "messages": messages,
            "agent_id": _running_agent(),
        }


class LLMStreamEndEvent(_UsageEvent):
    """The last piece of a model's answer has come.

    Args:
        response: The whole reply.
        prompt_tokens: Tokens of the request.
        completion_tokens: Tokens of the reply.
        kwargs: Further facts, to be put first.
    """

    def __init__(
        self,
        *,
        response: dict[str, Any],
        prompt_tokens: int,
        completion_tokens: int,
        **kwargs: Any,
    ) -> None:
        self.kwargs: dict[str, Any] = kwargs | {
            "type": "LLMStreamEnd",
            "response": response,
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "agent_id": _running_agent(),
        }


class ToolCallEvent(_Event):
    """A tool ran to its end.

    Args:
        tool_name: The tool's name, as the model knows it.
        arguments: What it was called with.
        result: What it returned, as text.
    """

    def __init__(self, *, tool_name: str, arguments: dict[str, Any], result: str) -> None:
        self.kwargs: dict[str, Any] = {
            "type": "ToolCall",
            "tool_name": tool_name,
            "arguments": arguments,
            "result": result,
            "agent_id": _running_agent(),
        }


class MessageEvent(_Event):
    """A message was handed to the runtime, or by the runtime to a receiver.

    Args:
        payload: The message as text.
        sender: None when it came from outside any agent.
        receiver: An agent, or a topic.
        kind: How it travels.
        delivery_stage: Where on its way it is.
        kwargs: Further facts, to be put first.
    """

    def __init__(
        self,
        *,
        payload: str,
        sender: AgentId | None,
        receiver: AgentId | TopicId | None,
        kind: MessageKind,
        delivery_stage: DeliveryStage,
        **kwargs: Any,
    ) -> None:
        self.kwargs: dict[str, Any] = kwargs | {
            "payload": payload,
            "sender": _text_or_none(sender),
            "receiver": _text_or_none(receiver),
            "kind": str(kind),
            "delivery_stage": str(delivery_stage),
            "type": "Message",
        }


class MessageDroppedEvent(_Event):
    """An intervention handler took a message out.

    Args:
        payload: The message as text.
        sender: None when it came from outside any agent.
        receiver: An agent, or a topic.
        kind: How it travelled.
        kwargs: Further facts, to be put first.
    """

    def __init__(
        self,
        *,
        payload: str,
        sender: AgentId | None,
        receiver: AgentId | TopicId | None,
        kind: MessageKind,
        **kwargs: Any,
    ) -> None:
        self.kwargs: dict[str, Any] = kwargs | {
            "payload": payload,
            "sender": _text_or_none(sender),
            "receiver": _text_or_none(receiver),
            "kind": str(kind),
            "type": "MessageDropped",
        }


class MessageHandlerExceptionEvent(_Event):
    """A handler raised.

    Args:
        payload: The message as text.
        handling_agent: Whose handler it was.
        exception: What it raised.
        kwargs: Further facts, to be put first.
    """

    def __init__(
        self, *, payload: str, handling_agent: AgentId, exception: BaseException, **kwargs: Any
    ) -> None:
        self.kwargs: dict[str, Any] = kwargs | {
            "payload": payload,
            "handling_agent": str(handling_agent),
            "exception": str(exception),
            "type": "MessageHandlerException",
        }


class AgentConstructionExceptionEvent(_Event):
    """A factory raised, so that there is no agent.

    Args:
        agent_id: Who should have been made.
        exception: What the factory raised.
        kwargs: Further facts, to be put first.
    """

    def __init__(self, *, agent_id: AgentId, exception: BaseException, **kwargs: Any) -> None:
        self.kwargs: dict[str, Any] = kwargs | {
            "agent_id": str(agent_id),
            "exception": str(exception),
            "type": "AgentConstructionException",
        }


def _running_agent() -> str | None:
    try:
        return str(MessageHandlerContext.agent_id())
    except RuntimeError:
        return None


def _text_or_none(value: AgentId | TopicId | None) -> str | None:
    return None if value is None else str(value)


def _as_json(value: object) -> Any:
    """A log line must not fail for a value that JSON does not know."""
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else str(value)
