"""TracedDispatcher: a dispatcher that opens a span around each step of a message."""

import os
from collections.abc import Callable
from functools import partial
from typing import Any

from agentchat.core._agent import Agent
from agentchat.core._dispatcher import Dispatcher
from agentchat.core._envelopes import Answer, Direct, Envelope, Published
from agentchat.core._ids import AgentId
from agentchat.core._intervention import InterventionHandler
from agentchat.core._runtime_spans import RuntimeSpans
from agentchat.core._serialization import SerializationRegistry
from agentchat.core._telemetry import TracerProvider, configured_provider

_SWITCH = "AUTOGEN_DISABLE_RUNTIME_TRACING"


class TracedDispatcher(Dispatcher):
    """Does what a dispatcher does, and lets a tracer see it.

    Args:
        spans: Opens the spans.
        collaborators: What a dispatcher is made of.
    """

    def __init__(self, spans: RuntimeSpans, *collaborators: Any) -> None:
        super().__init__(*collaborators)
        self._spans = spans

    async def ask(self, direct: Direct) -> Any:
        with self._spans.create(direct):
            direct.origin = self._spans.current()
            return await super().ask(direct)

    def publish(self, published: Published) -> None:
        with self._spans.create(published):
            published.origin = self._spans.current()
            super().publish(published)

    async def _show(self, envelope: Envelope, handler: InterventionHandler, message: Any) -> Any:
        with self._spans.intercept(type(handler).__name__, envelope):
            return await super()._show(envelope, handler, message)

    def _call_receivers(self, envelope: Direct | Published) -> None:
        with self._spans.carry(envelope):
            super()._call_receivers(envelope)

    async def _handle(self, envelope: Direct | Published, receiver: AgentId) -> Any:
        agent = await self._agents.get(receiver)
        with self._spans.process(envelope, agent, self._sender_of(envelope)):
            return await super()._handle(envelope, receiver)

    def _hand_back(self, answer: Answer) -> None:
        with self._spans.acknowledge(answer, self._sender_of(answer)):
            super()._hand_back(answer)

    def _sender_of(self, envelope: Envelope) -> Agent | None:
        return None if envelope.sender is None else self._agents.living.get(envelope.sender)


def dispatcher_class(
    provider: TracerProvider | None, runtime_name: str, serializers: SerializationRegistry
) -> Callable[..., Dispatcher]:
    """What dispatches for a runtime: traced by the provider given, or by the program's own.

    Untraced when there is neither, or when `AUTOGEN_DISABLE_RUNTIME_TRACING` is `true`.
    """
    provider = provider or configured_provider()
    if provider is None or os.environ.get(_SWITCH, "").lower() == "true":
        return Dispatcher
    return partial(TracedDispatcher, RuntimeSpans(provider, runtime_name, serializers))
