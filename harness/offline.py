"""OfflineClient: a model client for tests, which asks nobody and needs no network."""

from collections.abc import Sequence
from contextlib import aclosing

from agentchat.core import CancellationToken, FunctionCall
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


class Spending:
    """Tokens of the answers that a client gave so far."""

    def __init__(self) -> None:
        self._prompt = self._completion = 0
        self._cached_prompt = self._cached_completion = 0

    def add(
        self, model: str, result: CreateResult, cached_tokens: int = 0, reasoning_tokens: int = 0
    ) -> None:
        """Counts an answer, once, and tells the open ledgers of it.

        Args:
            model: What ledgers call the model.
            result: The answer.
            cached_tokens: Those of the prompt that the vendor had cached.
            reasoning_tokens: Those of the completion that were thought and not said.
        """
        usage = result.usage
        self._prompt += usage.prompt_tokens
        self._completion += usage.completion_tokens
        if result.cached:
            self._cached_prompt += usage.prompt_tokens
            self._cached_completion += usage.completion_tokens
        report_usage(
            model,
            usage,
            cached_tokens=cached_tokens,
            reasoning_tokens=reasoning_tokens,
            from_cache=result.cached,
        )

    def actual(self) -> RequestUsage:
        """Those of all answers, but for those that say they are out of a cache."""
        return RequestUsage(
            prompt_tokens=self._prompt - self._cached_prompt,
            completion_tokens=self._completion - self._cached_completion,
        )

    def total(self) -> RequestUsage:
        """Those of all answers."""
        return RequestUsage(prompt_tokens=self._prompt, completion_tokens=self._completion)


class OfflineClient(CalledClient):
    """Knows its model by name, counts what it answers, and estimates the tokens of a request.

    What `create` answers is what `create_stream` ends with.

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
        self._spent = Spending()

    async def close(self) -> None:
        """There is nothing to close."""

    def actual_usage(self) -> RequestUsage:
        """Tokens of all answers so far, but for those that say they are out of a cache."""
        return self._spent.actual()

    def total_usage(self) -> RequestUsage:
        """Tokens of all answers so far."""
        return self._spent.total()

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

    async def _answer(self, call: Call, token: CancellationToken | None) -> CreateResult:
        async with aclosing(self._pieces(call, token)) as items:
            result = [item async for item in items][-1]
        assert isinstance(result, CreateResult)
        return result

    def _count(self, result: CreateResult) -> None:
        """Counts an answer, once, and tells the open ledgers of it."""
        self._spent.add(self.model_name, result)

    def _estimated(self, call: Call, text: str, calls: Sequence[FunctionCall] = ()) -> RequestUsage:
        """About the tokens of a call and its answer."""
        answered = len(text) + sum(len(each.name) + len(each.arguments) for each in calls)
        return RequestUsage(
            prompt_tokens=self.count_tokens(call.messages, tools=call.tools),
            completion_tokens=1 + answered // 4,
        )


def sum_of(one: RequestUsage, other: RequestUsage) -> RequestUsage:
    """The tokens of both."""
    return RequestUsage(
        prompt_tokens=one.prompt_tokens + other.prompt_tokens,
        completion_tokens=one.completion_tokens + other.completion_tokens,
    )
