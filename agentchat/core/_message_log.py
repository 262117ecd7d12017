"""What a runtime reports of the messages it carries; nothing is built while nobody listens."""

import logging

from agentchat.core._envelopes import Envelope
from agentchat.core._ids import AgentId, TopicId
from agentchat.core._serialization import SerializationRegistry, as_text
from agentchat.core.logging import (
    EVENT_LOGGER_NAME,
    DeliveryStage,
    MessageDroppedEvent,
    MessageEvent,
    MessageHandlerExceptionEvent,
)

logger = logging.getLogger(EVENT_LOGGER_NAME)


class MessageLog:
    """Reports to the logger of events.

    Args:
        serializers: How messages are written.
    """

    def __init__(self, serializers: SerializationRegistry) -> None:
        self._serializers = serializers

    def sent(self, envelope: Envelope) -> None:
        """Somebody gave it to the runtime."""
        if logger.isEnabledFor(logging.INFO):
            self._passed(envelope, envelope.receiver, DeliveryStage.SEND)

    def delivered(self, envelope: Envelope, receiver: AgentId | None) -> None:
        """The runtime gives it to a receiver."""
        if logger.isEnabledFor(logging.INFO):
            self._passed(envelope, receiver, DeliveryStage.DELIVER)

    def dropped(self, envelope: Envelope) -> None:
        """An intervention handler took it out."""
        if logger.isEnabledFor(logging.INFO):
            logger.info(
                MessageDroppedEvent(
                    payload=as_text(self._serializers, envelope.message),
                    sender=envelope.sender,
                    receiver=envelope.receiver,
                    kind=envelope.kind,
                )
            )

    def raised(self, envelope: Envelope, receiver: AgentId, error: BaseException) -> None:
        """A receiver's handler raised."""
        if logger.isEnabledFor(logging.INFO):
            logger.info(
                MessageHandlerExceptionEvent(
                    payload=as_text(self._serializers, envelope.message),
                    handling_agent=receiver,
                    exception=error,
                )
            )

    def _passed(
        self, envelope: Envelope, receiver: AgentId | TopicId | None, stage: DeliveryStage
    ) -> None:
        logger.info(
            MessageEvent(
                payload=as_text(self._serializers, envelope.message),
                sender=envelope.sender,
                receiver=receiver,
                kind=envelope.kind,
                delivery_stage=stage,
            )
        )
