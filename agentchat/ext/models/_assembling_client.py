"""AssemblingClient: a client whose answers, whole or in pieces, come out of the one assembler."""

import logging
import sys
from abc import abstractmethod
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import ClassVar

from pydantic import BaseModel, ValidationError

from agentchat.core._cancellation import CancellationToken
from agentchat.core._usage import report_usage
from agentchat.core.logging import (
    EVENT_LOGGER_NAME,
    LLMCallEvent,
    LLMStreamEndEvent,
    LLMStreamStartEvent,
)
from agentchat.core.models import CreateResult, LLMMessage, ModelFamily, ModelInfo, RequestUsage
from agentchat.core.tools import Tool, ToolSchema
from agentchat.ext.models._cache_key import Call
from agentchat.ext.models._called_client import CalledClient
from agentchat.ext.models._errors import EmptyReply, RefusedToAnswer, TruncatedStream, UnfitOutput
from agentchat.ext.models._estimate import estimated_tokens
from agentchat.ext.models._names import normalized
from agentchat.ext.models._reading import Json, reading
from agentchat.ext.models._reply_reader import ReplyReader
from agentchat.ext.models._requests import Request
from agentchat.ext.models._thinking import THINK_START

logger: logging.Logger = logging.getLogger(EVENT_LOGGER_NAME)


class AssemblingClient(CalledClient):
    """Asks a model; a vendor's client says how: what is sent, and how the replies are read.

    Args:
        model: The name that requests have unless they name another.
        model_info: What the model can do.
        token_limit: Tokens that a request may have; None when unknown.
    """

    _reader_class: ClassVar[type[ReplyReader]]
    """What reads a reply."""

    _conversation_key: ClassVar[str] = "messages"
    """What the vendor calls the conversation in a request."""

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

    async def _answer(self, call: Call, token: CancellationToken | None) -> CreateResult:
        request = self._request_of(call, stream=False)
        body = await self._exchange(request, token)
        reader = self._reader_class(request.model)
        try:
            with reading(request.model):
                is_reply = reader.read_whole(body)
        finally:
            # Also an answer of no use may have cost something.
            self._count(request, reader)
        self._log_call(request, body, reader.assembler.usage)
        if not is_reply:
            raise EmptyReply(request.model, body)
        return self._finished(request, reader)

    async def _pieces(
        self, call: Call, token: CancellationToken | None
    ) -> AsyncGenerator[str | CreateResult, None]:
        """The answer; what it had cost when it broke is counted as far as the vendor had said."""
        request = self._request_of(call, stream=True)
        if logger.isEnabledFor(logging.INFO):
            logger.info(LLMStreamStartEvent(messages=request.body[self._conversation_key]))
        reader = self._reader_class(request.model)
        has_begun = False
        try:
            async with aclosing(self._events(request, token)) as events:
                async for event in events:
                    has_begun = True
                    with reading(request.model):
                        pieces = list(reader.read_event(event))
                    for piece in pieces:
                        yield piece
            for piece in reader.shown.end_thinking():
                yield piece
        finally:
            if has_begun:
                self._count(request, reader)
        if not reader.is_complete:
            shown = reader.shown
            raise TruncatedStream(request.model, shown.text, len(shown.tool_calls))
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
                    messages=request.body[self._conversation_key],
                    response=body,
                    prompt_tokens=usage.prompt_tokens,
                    completion_tokens=usage.completion_tokens,
                    tools=request.body.get("tools", []),
                )
            )

    def _count(self, request: Request, reader: ReplyReader) -> None:
        assembler = reader.assembler
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


def _check_output(
    model: str, output_type: type[BaseModel], finish_reason: str, content: str
) -> None:
    try:
        output_type.model_validate_json(content)
    except ValidationError as error:
        raise UnfitOutput(model, output_type.__name__, finish_reason, content) from error
