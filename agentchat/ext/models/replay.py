"""ReplayChatCompletionClient: a model that says what it was given to say, in order."""

import logging
import re
from collections.abc import AsyncGenerator, Sequence
from typing import Any, ClassVar

from pydantic import BaseModel

from agentchat.core._cancellation import CancellationToken
from agentchat.core._component import Component
from agentchat.core._usage import report_usage
from agentchat.core.logging import EVENT_LOGGER_NAME
from agentchat.core.models import (
    CreateResult,
    LLMMessage,
    ModelFamily,
    ModelInfo,
    RequestUsage,
    validate_model_info,
)
from agentchat.core.tools import Tool, ToolSchema
from agentchat.ext.models._cache_key import Call
from agentchat.ext.models._called_client import CalledClient
from agentchat.ext.models._interruption import raise_if_cancelled

__all__ = ["ReplayChatCompletionClient"]

logger: logging.Logger = logging.getLogger(EVENT_LOGGER_NAME)

_AVAILABLE_TOKENS = 10_000
# A word carries the white space behind it, so that the pieces add up to the text.
_PIECES = re.compile(r"^\s+|\S+\s*")


class ReplayChatCompletionClient(CalledClient, Component[BaseModel]):
    """Answers with the given replies, one a call, whatever is asked.

    Tokens are words between white space; content that is not text counts as nothing. A reply is
    used up when it is begun, also by a stream that nobody reads to its end. When all are used, the
    next call raises a ValueError.

    Args:
        chat_completions: The replies. A text becomes a result with finish reason `stop`; a
            CreateResult is handed out as it is.
        model_info: What the model is said to be capable of; nothing at all by default.
    """

    component_type: ClassVar[str] = "replay_chat_completion_client"
    component_provider_override: ClassVar[str] = (
        "agentchat.ext.models.replay.ReplayChatCompletionClient"
    )

    def __init__(
        self, chat_completions: Sequence[str | CreateResult], model_info: ModelInfo | None = None
    ) -> None:
        self.chat_completions: list[str | CreateResult] = list(chat_completions)
        if model_info is not None:
            validate_model_info(model_info)
        self._model_info = model_info or ModelInfo(
            vision=False,
            function_calling=False,
            json_output=False,
            family=ModelFamily.UNKNOWN,
            structured_output=False,
        )
        self._cached = True
        self._create_calls: list[dict[str, Any]] = []
        self.reset()

    @property
    def model_name(self) -> str:
        """`replay`: what prices and ledgers call it."""
        return "replay"

    @property
    def create_calls(self) -> list[dict[str, Any]]:
        """The arguments of every `create`, in order; streams are not among them."""
        return self._create_calls

    async def _answer(self, call: Call, token: CancellationToken | None) -> CreateResult:
        result = self._next_result(call, token)
        self._create_calls.append(call._asdict() | {"cancellation_token": token})
        return result

    async def _pieces(
        self, call: Call, token: CancellationToken | None
    ) -> AsyncGenerator[str | CreateResult, None]:
        """The text of a reply word by word, if it is one, and then its result."""
        result = self._next_result(call, token)
        for piece in _PIECES.findall(result.content) if isinstance(result.content, str) else ():
            raise_if_cancelled(token)
            yield piece
        yield result

    async def close(self) -> None:
        """Does nothing: there is nothing to close."""

    def actual_usage(self) -> RequestUsage:
        """What the last call took."""
        self._count_up()
        return self._last_usage

    def total_usage(self) -> RequestUsage:
        """What all calls took since the last reset."""
        self._count_up()
        return self._total_usage

    def count_tokens(
        self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []
    ) -> int:
        """Counts the words of all textual contents."""
        return sum(
            len(message.content.split()) for message in messages if isinstance(message.content, str)
        )

    def remaining_tokens(
        self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []
    ) -> int:
        """What is left of 10000 tokens after all calls so far."""
        total = self.total_usage()
        return max(0, _AVAILABLE_TOKENS - total.prompt_tokens - total.completion_tokens)

    def set_cached_bool_value(self, value: bool) -> None:
        """Says what `cached` shall be in the results of text replies; True at first."""
        self._cached = value

    @property
    def model_info(self) -> ModelInfo:
        """What the model is said to be capable of."""
        return self._model_info

    def reset(self) -> None:
        """Begins again with the first reply, and with no tokens used."""
        self._position = 0
        # Counting the words of a long conversation takes longer than all else here: only who asks
        # for the usage waits for it.
        self._uncounted: list[tuple[Sequence[LLMMessage], int]] = []
        self._last_usage = RequestUsage(prompt_tokens=0, completion_tokens=0)
        self._total_usage = RequestUsage(prompt_tokens=0, completion_tokens=0)

    def _peek(self) -> str | CreateResult:
        if self._position >= len(self.chat_completions):
            raise ValueError("No more mock responses available")
        return self.chat_completions[self._position]

    def _next_result(self, call: Call, token: CancellationToken | None) -> CreateResult:
        raise_if_cancelled(token)
        if call.tool_choice != "auto":
            logger.warning("tool_choice parameter specified but is ignored in replay mode")
        reply = self._peek()
        self._position += 1
        if isinstance(reply, CreateResult):
            self._uncounted.append((list(call.messages), reply.usage.completion_tokens))
            report_usage(self.model_name, reply.usage, from_cache=reply.cached)
            return reply
        self._uncounted.append((call.messages, len(reply.split())))
        usage = self.actual_usage()
        # A text stands for an answer of a model, whatever its result shall say of a cache.
        report_usage(self.model_name, usage)
        return CreateResult(finish_reason="stop", content=reply, usage=usage, cached=self._cached)

    def _count_up(self) -> None:
        for messages, completion_tokens in self._uncounted:
            used = RequestUsage(self.count_tokens(messages), completion_tokens)
            self._last_usage = used
            self._total_usage = RequestUsage(
                prompt_tokens=self._total_usage.prompt_tokens + used.prompt_tokens,
                completion_tokens=self._total_usage.completion_tokens + used.completion_tokens,
            )
        self._uncounted.clear()
