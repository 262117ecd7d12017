"""AssemblingClient: a client whose answers, whole or in pieces, come out of the one assembler."""

import logging
import sys
import warnings
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager, suppress
from dataclasses import replace
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from agentchat.core._cancellation import CancellationToken
from agentchat.core._usage import report_usage
from agentchat.core.logging import (
    EVENT_LOGGER_NAME,
    LLMCallEvent,
    LLMStreamEndEvent,
    LLMStreamStartEvent,
)
from agentchat.core.models import (
    ChatCompletionClient,
    CreateResult,
    LLMMessage,
    ModelCapabilities,
    ModelFamily,
    ModelInfo,
    RequestUsage,
)
from agentchat.core.tools import Tool, ToolSchema
from agentchat.ext.models._assembler import ReplyAssembler
from agentchat.ext.models._cache_key import Call
from agentchat.ext.models._errors import (
    EmptyReply,
    RefusedToAnswer,
    TruncatedStream,
    UnfitOutput,
    UnreadableReply,
)
from agentchat.ext.models._estimate import estimated_tokens
from agentchat.ext.models._names import normalized
from agentchat.ext.models._requests import Request
from agentchat.ext.models._thinking import THINK_START

logger: logging.Logger = logging.getLogger(EVENT_LOGGER_NAME)

Json = dict[str, Any]

_SHOWN_CHARACTERS = 200


class ReplyReader(ABC):
    """Reads one reply of a vendor, whole or event by event, into the assembler."""

    def __init__(self) -> None:
        self.assembler = ReplyAssembler()

    @abstractmethod
    def read_whole(self, body: Json) -> bool:
        """Reads a whole reply; False when there is nothing in it to read."""

    @abstractmethod
    def read_event(self, event: Json) -> Iterator[str]:
        """Reads an event of a stream; yields what the stream's reader shall see of it."""


class AssemblingClient(ChatCompletionClient):
    """Asks a model; a vendor's client says how: what is sent, and how the replies are read.

    Args:
        model: The name that requests have unless they name another.
        model_info: What the model can do.
        token_limit: Tokens that a request may have; None when unknown.
    """

    def __init__(self, model: str, model_info: ModelInfo, token_limit: int | None = None) -> None:
        self._model = model
        self._model_info = model_info
        self._token_limit = token_limit
        self._usage = RequestUsage(prompt_tokens=0, completion_tokens=0)

    @abstractmethod
    def _request_of(self, call: Call, *, stream: bool) -> Request:
        """The request that puts a call to the model."""

    @abstractmethod
    async def _exchange(self, request: Request, token: CancellationToken | None) -> Json:
        """Sends a request, and waits for the whole reply."""

    @abstractmethod
    def _events(
        self, request: Request, token: CancellationToken | None
    ) -> AsyncGenerator[Json, None]:
        """Sends a request, and gives the events of the reply; closing it ends the connection."""

    @abstractmethod
    def _reader(self) -> ReplyReader:
        """What reads one reply."""

    async def create(
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = [],
        tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
        json_output: bool | type[BaseModel] | None = None,
        extra_create_args: Mapping[str, Any] = {},
        cancellation_token: CancellationToken | None = None,
    ) -> CreateResult:
        """The model's answer.

        Raises:
            ValueError: The model can't do what is asked for, or the arguments contradict.
            ModelReplyError: The reply can't be used; see its subclasses.
        """
        call = Call(messages, tools, tool_choice, json_output, extra_create_args)
        request = self._request_of(call, stream=False)
        body = await self._exchange(request, cancellation_token)
        reader = self._reader()
        with reading(request.model):
            is_reply = reader.read_whole(body)
        self._log_call(request, body, reader.assembler.usage)
        self._count(request, reader.assembler)
        if not is_reply:
            raise EmptyReply(request.model, body)
        return self._finished(request, reader)

    async def create_stream(
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = [],
        tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
        json_output: bool | type[BaseModel] | None = None,
        extra_create_args: Mapping[str, Any] = {},
        cancellation_token: CancellationToken | None = None,
    ) -> AsyncGenerator[str | CreateResult, None]:
        """The model's answer as pieces of text, and at the end, once, the whole of it.

        Reasoning is among the pieces, between `<think>` and `</think>`. What a stream had cost
        when it broke, or was left, is counted as far as the vendor had said.

        Raises:
            ValueError: The model can't do what is asked for, or the arguments contradict.
            ModelReplyError: The reply can't be used; see its subclasses.
        """
        call = Call(messages, tools, tool_choice, json_output, extra_create_args)
        request = self._request_of(call, stream=True)
        if logger.isEnabledFor(logging.INFO):
            logger.info(LLMStreamStartEvent(messages=request.body["messages"]))
        reader = self._reader()
        assembler = reader.assembler
        has_begun = False
        try:
            async with aclosing(self._events(request, cancellation_token)) as events:
                async for event in events:
                    has_begun = True
                    with reading(request.model):
                        pieces = list(reader.read_event(event))
                    for piece in pieces:
                        yield piece
            for piece in assembler.end_thinking():
                yield piece
        finally:
            if has_begun:
                self._count(request, assembler)
        if assembler.finish_reason is None:
            raise TruncatedStream(request.model, assembler.text, len(assembler.tool_calls))
        yield self._finished_stream(request, reader)

    def actual_usage(self) -> RequestUsage:
        """The tokens of all calls so far."""
        return replace(self._usage)

    def total_usage(self) -> RequestUsage:
        """The tokens of all calls so far."""
        return replace(self._usage)

    def count_tokens(
        self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []
    ) -> int:
        """About how many tokens a request takes; an estimate."""
        return estimated_tokens(messages, tools)

    def remaining_tokens(
        self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []
    ) -> int:
        """About how many tokens the request leaves free; without a known limit, any number."""
        limit = sys.maxsize if self._token_limit is None else self._token_limit
        return limit - self.count_tokens(messages, tools=tools)

    @property
    def capabilities(self) -> ModelCapabilities:
        """Deprecated: see `model_info`."""
        warnings.warn(
            "capabilities is deprecated, use model_info instead", DeprecationWarning, stacklevel=2
        )
        return self._model_info

    @property
    def model_info(self) -> ModelInfo:
        """What the model can do."""
        return self._model_info

    @property
    def model_name(self) -> str:
        """What the model is called in requests that don't name another, and in prices."""
        return self._model

    def _finished(self, request: Request, reader: ReplyReader) -> CreateResult:
        """The result, its tools called by our names, its output checked."""
        assembler = reader.assembler
        # A model that thinks aloud may still leave it, or be kept from it.
        is_aloud = self._model_info["family"] == ModelFamily.R1 and THINK_START in assembler.text
        result = assembler.result(thinks_aloud=is_aloud)
        if isinstance(result.content, list):
            for call in result.content:
                call.name = request.name_by_api_name.get(call.name, normalized(call.name))
        elif request.output_type is not None:
            if assembler.refusal:
                raise RefusedToAnswer(request.model, assembler.refusal)
            _check_output(request.model, request.output_type, result.finish_reason, result.content)
        return result

    def _finished_stream(self, request: Request, reader: ReplyReader) -> CreateResult:
        result = self._finished(request, reader)
        if logger.isEnabledFor(logging.INFO):
            logger.info(
                LLMStreamEndEvent(
                    response=result.model_dump(),
                    prompt_tokens=result.usage.prompt_tokens,
                    completion_tokens=result.usage.completion_tokens,
                )
            )
        return result

    def _log_call(self, request: Request, body: Json, usage: RequestUsage) -> None:
        if logger.isEnabledFor(logging.INFO):
            logger.info(
                LLMCallEvent(
                    messages=request.body["messages"],
                    response=body,
                    prompt_tokens=usage.prompt_tokens,
                    completion_tokens=usage.completion_tokens,
                    tools=request.body.get("tools", []),
                )
            )

    def _count(self, request: Request, assembler: ReplyAssembler) -> None:
        self._spend(assembler.usage)
        report_usage(
            request.model,
            assembler.usage,
            cached_tokens=assembler.cached_tokens,
            reasoning_tokens=assembler.reasoning_tokens,
        )

    def _spend(self, usage: RequestUsage) -> None:
        self._usage = RequestUsage(
            prompt_tokens=self._usage.prompt_tokens + usage.prompt_tokens,
            completion_tokens=self._usage.completion_tokens + usage.completion_tokens,
        )


@contextmanager
def reading(model: str) -> Iterator[None]:
    """A block that reads JSON which may be any; what it stumbles over is an UnreadableReply."""
    try:
        yield
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise UnreadableReply(model, f"{type(error).__name__}: {error}") from error


def as_object(model: str, value: object) -> Json:
    """A reply, or an event of one, that must be a JSON object.

    Raises:
        UnreadableReply: It is something else.
    """
    if not isinstance(value, dict):
        raise UnreadableReply(
            model, f"it is not a JSON object but {str(value)[:_SHOWN_CHARACTERS]!r}"
        )
    return value


async def run_out(closed: AsyncIterator[object]) -> None:
    """Brings the iterator of a closed response to its end, whatever end that is.

    HTTP libraries nest generators, and those that are left in the middle leave a task behind each.
    Of a closed response there is no more to come than what is here already.
    """
    with suppress(Exception):
        async for _ in closed:
            """Nobody watches."""


def _check_output(
    model: str, output_type: type[BaseModel], finish_reason: str, content: str
) -> None:
    try:
        output_type.model_validate_json(content)
    except ValidationError as error:
        raise UnfitOutput(model, output_type.__name__, finish_reason, content) from error
