"""StreamingAgent: an agent that writes its answer once, as a stream of steps."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from agentchat.agents._base import BaseChatAgent
from agentchat.agents._steps import AnswerStream, answering, response_of
from agentchat.base import Response
from agentchat.core import CancellationToken
from agentchat.messages import BaseChatMessage


class StreamingAgent(BaseChatAgent, ABC):
    """Base of agents that write `_answer`, from which come both ways to ask them."""

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        return await response_of(self.on_messages_stream(messages, cancellation_token))

    def on_messages_stream(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> AnswerStream:
        answer = self._answer(messages, cancellation_token)
        return answering(answer, self.name, cancellation_token)

    @abstractmethod
    def _answer(
        self, messages: Sequence[BaseChatMessage], token: CancellationToken
    ) -> AnswerStream:
        """What the agent does to answer; the response is the last item, without what led to it."""
