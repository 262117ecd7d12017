"""ChatCompletionCache: the same question is asked only once."""

import warnings
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from agentchat.core._cache_store import CacheStore, InMemoryStore
from agentchat.core._cancellation import CancellationToken
from agentchat.core._component import Component
from agentchat.core._usage import report_usage
from agentchat.core.models import (
    ChatCompletionClient,
    CreateResult,
    LLMMessage,
    ModelCapabilities,
    ModelInfo,
    RequestUsage,
)
from agentchat.core.tools import Tool, ToolSchema
from agentchat.ext.models._cache_key import Call, identity_of
from agentchat.ext.models._interruption import interrupting, raise_if_cancelled
from agentchat.ext.models._single_flight import SingleFlights

__all__ = ["CHAT_CACHE_VALUE_TYPE", "ChatCompletionCache"]

CHAT_CACHE_VALUE_TYPE: TypeAlias = CreateResult | list[str | CreateResult]
"""What is kept: a result, or the pieces of a stream with the result at the end."""

Piece = TypeVar("Piece", CreateResult, str | CreateResult)

_STORED = TypeAdapter[CHAT_CACHE_VALUE_TYPE](CHAT_CACHE_VALUE_TYPE)


class ChatCompletionCache(ChatCompletionClient, Component[BaseModel]):
    """Answers from a store what the client has been asked before, and asks the client else.

    Calls are the same when client, settings and all arguments are. Calls that are the same at the
    same time go out once and share what comes of it; the client is cancelled when all of them are.
    An answer from the store says `cached=True` and costs nothing; to change it changes nothing in
    the store.

    Args:
        client: Whom to ask.
        store: Where the answers are kept; in memory by default.
    """

    component_type: ClassVar[str] = "chat_completion_cache"
    component_provider_override: ClassVar[str] = "agentchat.ext.models.cache.ChatCompletionCache"

    def __init__(
        self,
        client: ChatCompletionClient,
        store: CacheStore[CHAT_CACHE_VALUE_TYPE] | None = None,
    ) -> None:
        self.client = client
        self.store: CacheStore[CHAT_CACHE_VALUE_TYPE] = (
            InMemoryStore[CHAT_CACHE_VALUE_TYPE]() if store is None else store
        )
        self._identity: bytes | None = None
        self._creations = SingleFlights[CreateResult]()
        self._streams = SingleFlights[str | CreateResult]()

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
        """The model's answer, or the one it gave before; see the client's `create`."""
        raise_if_cancelled(cancellation_token)
        call = Call(messages, tools, tool_choice, json_output, extra_create_args)
        key = call.key(self._identity_of_client())
        kept = self._kept(key)
        if kept is not None:
            result = _result_of(kept)
            self._report_unasked(result)
            return result
        is_asked_already = self._creations.is_under_way(key)
        flight = self._creations.join(key, lambda: self._created(key, call))
        (result,) = [item async for item in _interruptible(flight, cancellation_token)]
        if is_asked_already:
            self._report_unasked(result)
        return _copy(result)

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
        """The model's answer piece by piece, or the pieces that came before.

        An answer that did not come in pieces then is one piece. A stream is kept once the client
        has come to its end.
        """
        raise_if_cancelled(cancellation_token)
        call = Call(messages, tools, tool_choice, json_output, extra_create_args)
        key = call.key(self._identity_of_client())
        kept = self._kept(key)
        if kept is not None:
            self._report_unasked(_result_of(kept))
            for piece in _pieces_of(kept):
                raise_if_cancelled(cancellation_token)
                yield piece
            return
        is_asked_already = self._streams.is_under_way(key)
        flight = self._streams.join(key, lambda: self._streamed(key, call))
        async with aclosing(_interruptible(flight, cancellation_token)) as pieces:
            async for piece in pieces:
                if is_asked_already and isinstance(piece, CreateResult):
                    self._report_unasked(piece)
                yield _copy(piece)

    async def close(self) -> None:
        """Closes the client; the store is its owner's."""
        await self.client.close()

    def actual_usage(self) -> RequestUsage:
        """What the client has spent."""
        return self.client.actual_usage()

    def total_usage(self) -> RequestUsage:
        """What the client has spent, as it counts it."""
        return self.client.total_usage()

    def count_tokens(
        self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []
    ) -> int:
        """As the client counts them."""
        return self.client.count_tokens(messages, tools=tools)

    def remaining_tokens(
        self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []
    ) -> int:
        """As the client counts them."""
        return self.client.remaining_tokens(messages, tools=tools)

    @property
    def capabilities(self) -> ModelCapabilities:
        """Deprecated: see `model_info`."""
        warnings.warn(
            "capabilities is deprecated, use model_info instead", DeprecationWarning, stacklevel=2
        )
        return self.client.model_info

    @property
    def model_info(self) -> ModelInfo:
        """What the client's model can do."""
        return self.client.model_info

    @property
    def model_name(self) -> str:
        """What prices and ledgers call the client's model; its class, where it does not say."""
        return str(getattr(self.client, "model_name", type(self.client).__name__))

    def _report_unasked(self, result: CreateResult) -> None:
        report_usage(self.model_name, result.usage, from_cache=True)

    def _identity_of_client(self) -> bytes:
        if self._identity is None:
            self._identity = identity_of(self.client)
        return self._identity

    def _kept(self, key: str) -> CHAT_CACHE_VALUE_TYPE | None:
        """What the store has, as objects of the caller's own; None when it is of no use."""
        stored: Any = self.store.get(key)
        try:
            if isinstance(stored, str):
                value = _STORED.validate_json(stored)
            else:
                value = _STORED.validate_python(stored)
        except ValidationError:
            return None
        pieces = value if isinstance(value, list) else [value]
        if not pieces or not isinstance(pieces[-1], CreateResult):
            return None
        # What was made out of JSON is the caller's own already.
        originals = stored if isinstance(stored, list) else [stored]
        own = [
            _copy(piece) if any(piece is original for original in originals) else piece
            for piece in pieces
        ]
        for piece in own:
            if isinstance(piece, CreateResult):
                piece.cached = True
        return own if isinstance(value, list) else _result_of(own)

    async def _created(self, key: str, call: Call) -> AsyncGenerator[CreateResult, None]:
        result = await self.client.create(call.messages, **call.options())
        self.store.set(key, _copy(result))
        yield result

    async def _streamed(self, key: str, call: Call) -> AsyncGenerator[str | CreateResult, None]:
        pieces: list[str | CreateResult] = []
        stream = self.client.create_stream(call.messages, **call.options())
        async with aclosing(stream):
            async for piece in stream:
                pieces.append(_copy(piece))
                yield piece
        self.store.set(key, pieces)


async def _interruptible(
    flight: AsyncGenerator[Piece, None], cancellation_token: CancellationToken | None
) -> AsyncGenerator[Piece, None]:
    """The items of a flight; a reader whose token is cancelled leaves it, and it alone."""
    async with aclosing(flight):
        while True:
            with interrupting(cancellation_token):
                item = await anext(flight, None)
            if item is None:
                return
            yield item


def _copy(piece: Piece) -> Piece:
    return piece.model_copy(deep=True) if isinstance(piece, CreateResult) else piece


def _result_of(kept: CHAT_CACHE_VALUE_TYPE) -> CreateResult:
    result = kept[-1] if isinstance(kept, list) else kept
    assert isinstance(result, CreateResult)
    return result


def _pieces_of(kept: CHAT_CACHE_VALUE_TYPE) -> list[str | CreateResult]:
    if isinstance(kept, list):
        return kept
    return [kept.content, kept] if isinstance(kept.content, str) and kept.content else [kept]
