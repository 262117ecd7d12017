"""Spans of a runtime: how a message travels from its sender to its receivers, and back.

The spans of the receiver's side begin a trace of their own, linked to the sender's: a conversation
would otherwise be one trace without end.
"""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any

from agentchat.core._agent import Agent
from agentchat.core._context import MessageContext
from agentchat.core._envelopes import Answer, Direct, Envelope, Published
from agentchat.core._ids import AgentId, TopicId
from agentchat.core._serialization import SerializationRegistry, as_text
from agentchat.core._telemetry import TracerProvider

Block = AbstractContextManager[Any]


class RuntimeSpans:
    """Opens a span for each step of a message.

    Args:
        provider: Whom to tell.
        runtime_name: Names the tracer.
        serializers: How messages are written.
    """

    def __init__(
        self, provider: TracerProvider, runtime_name: str, serializers: SerializationRegistry
    ) -> None:
        self._trace = import_module("opentelemetry.trace")
        self._no_parent = import_module("opentelemetry.context").Context()
        tracer = provider.get_tracer(f"autogen {runtime_name}")
        self._span: Callable[..., Block] = tracer.start_as_current_span
        self._serializers = serializers

    def create(self, envelope: Direct | Published) -> Block:
        """A block in which a message is given to the runtime."""
        place = _place(envelope.receiver)
        return self._span(
            f"autogen create {place}",
            kind=self._trace.SpanKind.PRODUCER,
            attributes={
                **_step("create", place),
                "messaging.message.type": type(envelope.message).__name__,
            },
        )

    def current(self) -> Any:
        """Names the current span, for spans of the same message to link to."""
        return self._trace.get_current_span().get_span_context()

    def intercept(self, handler_name: str, envelope: Envelope) -> Block:
        """A block in which an intervention handler sees a message."""
        return self._span(
            f"autogen intercept {handler_name}",
            kind=self._trace.SpanKind.CONSUMER,
            attributes=_step("receive", handler_name),
            links=self._links(envelope),
            context=self._no_parent,
        )

    def carry(self, envelope: Direct | Published) -> Block:
        """A block in which the receivers of a message are called."""
        place = _place(envelope.receiver)
        operation = "send" if isinstance(envelope, Direct) else "publish"
        return self._span(
            f"autogen {operation} {place}",
            kind=self._trace.SpanKind.PRODUCER,
            attributes=_step("publish", place),
            links=self._links(envelope),
            context=self._no_parent,
        )

    def process(self, envelope: Direct | Published, receiver: Agent, sender: Agent | None) -> Block:
        """A block in which one receiver handles a message."""
        place = _place(receiver.id)
        return self._span(
            f"autogen process {place}",
            kind=self._trace.SpanKind.CONSUMER,
            attributes={
                **_who("sender", sender),
                **_who("recipient", receiver),
                "message_context": _context_text(envelope.message_context()),
                "message": as_text(self._serializers, envelope.message),
                **_step("process", place),
            },
            links=self._links(envelope),
        )

    def acknowledge(self, answer: Answer, sender: Agent | None) -> Block:
        """A block in which an answer reaches who waits for it."""
        place = "" if answer.receiver is None else _place(answer.receiver)
        return self._span(
            f"autogen ack {place}".rstrip(),
            kind=self._trace.SpanKind.CONSUMER,
            attributes={
                **_who("sender", sender),
                "message": as_text(self._serializers, answer.message),
                **_step("receive", place),
            },
            links=self._links(answer),
            context=self._no_parent,
        )

    def _links(self, envelope: Envelope) -> list[Any]:
        return [self._trace.Link(envelope.origin)]


def _place(destination: AgentId | TopicId) -> str:
    if isinstance(destination, AgentId):
        return f"{destination.type}.({destination.key})-A"
    return f"{destination.type}.({destination.source})-T"


def _step(operation: str, place: str) -> dict[str, str]:
    return {"messaging.operation": operation, "messaging.destination": place}


def _who(role: str, agent: Agent | None) -> dict[str, str]:
    if agent is None:
        return {}
    return {f"{role}_agent_type": agent.id.type, f"{role}_agent_class": type(agent).__name__}


def _context_text(context: MessageContext) -> str:
    return json.dumps(
        {
            "sender": str(context.sender),
            "topic_id": str(context.topic_id),
            "is_rpc": context.is_rpc,
            "message_id": context.message_id,
        }
    )
