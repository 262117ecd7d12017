"""OfflineClient: a model client for tests, which asks nobody and needs no network."""

from collections.abc import Sequence

from agentchat.core import FunctionCall
from agentchat.core._usage import report_usage
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
from agentchat.ext.models._estimate import estimated_tokens

ABLE = ModelInfo(
    vision=True,
    function_calling=True,
    json_output=True,
    structured_output=True,
    family=ModelFamily.UNKNOWN,
    multiple_system_messages=True,
)
"""What a model is said to be capable of where nothing else is said: everything."""

_CONTEXT_TOKENS = 128_000


class OfflineClient(CalledClient):
    """Knows its model by name, counts what it answers, and estimates the tokens of a request.

    Args:
        model: What prices and ledgers call the model.
        model_info: What the model is said to be capable of; everything by default.

    Raises:
        ValueError: A required field of `model_info` is missing.
    """

    def __init__(self, model: str, model_info: ModelInfo | None = None) -> None:
        if model_info is not None:
            validate_model_info(model_info)
        self._model = model
        self._model_info = model_info or ABLE
        self._actual = RequestUsage(prompt_tokens=0, completion_tokens=0)
        self._total = RequestUsage(prompt_tokens=0, completion_tokens=0)

    async def close(self) -> None:
        """There is nothing to close."""

    def actual_usage(self) -> RequestUsage:
        """Tokens of all answers so far, but for those that say they are out of a cache."""
        return self._actual

    def total_usage(self) -> RequestUsage:
        """Tokens of all answers so far."""
        return self._total

    def count_tokens(
        self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []
    ) -> int:
        """An estimate: one for every four bytes, and something for each message and tool."""
        return estimated_tokens(messages, tools)

    def remaining_tokens(
        self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []
    ) -> int:
        """As of a context of 128,000 tokens."""
        return _CONTEXT_TOKENS - self.count_tokens(messages, tools=tools)

    @property
    def model_name(self) -> str:
        """What prices and ledgers call the model."""
        return self._model

    @property
    def model_info(self) -> ModelInfo:
        """What the model is said to be capable of."""
        return self._model_info

    def _estimated(self, call: Call, text: str, calls: Sequence[FunctionCall] = ()) -> RequestUsage:
        """About the tokens of a call and its answer."""
        answered = len(text) + sum(len(each.name) + len(each.arguments) for each in calls)
        return RequestUsage(
            prompt_tokens=self.count_tokens(call.messages, tools=call.tools),
            completion_tokens=1 + answered // 4,
        )

    def _count(
        self, result: CreateResult, *, cached_tokens: int = 0, reasoning_tokens: int = 0
    ) -> None:
        """Counts an answer, once, and tells the open ledgers of it."""
        self._total = sum_of(self._total, result.usage)
        if not result.cached:
            self._actual = sum_of(self._actual, result.usage)
        report_usage(
            self.model_name,
            result.usage,
            cached_tokens=cached_tokens,
            reasoning_tokens=reasoning_tokens,
            from_cache=result.cached,
        )


def sum_of(one: RequestUsage, other: RequestUsage) -> RequestUsage:
    """The tokens of both."""
    return RequestUsage(
        prompt_tokens=one.prompt_tokens + other.prompt_tokens,
        completion_tokens=one.completion_tokens + other.completion_tokens,
    )
