"""ChatCompletionCache: the same question is asked only once."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import ClassVar, TypeAlias, TypeVar

from pydantic import BaseModel

from agentchat.core._cache_store import CacheStore, InMemoryStore
from agentchat.core._cancellation import CancellationToken
from agentchat.core._component import Component
from agentchat.core._usage import report_usage
from agentchat.core.models import ChatCompletionClient, CreateResult
from agentchat.ext.models._cache_key import Call, Identity, repetition
from agentchat.ext.models._interruption import interrupting, raise_if_cancelled
from agentchat.ext.models._kept_answers import Answer, CacheStatistics, KeptAnswers
from agentchat.ext.models._single_flight import SingleFlights
from agentchat.ext.models._wrapping_client import WrappingClient

__all__ = ["CHAT_CACHE_VALUE_TYPE", "CacheStatistics", "ChatCompletionCache", "repetition"]

CHAT_CACHE_VALUE_TYPE: TypeAlias = Answer
"""What is kept: a result, or the pieces of a stream with the result at the end."""

Piece = TypeVar("Piece", CreateResult, str | CreateResult)


class ChatCompletionCache(WrappingClient, Component[BaseModel]):
    """Answers from a store what the client has been asked before, and asks the client else.

    Calls are the same when client, settings and all arguments are; those of another `repetition`
    are others. Calls that are the same at the same time go out once and share what comes of it; the
    client is cancelled when all of them are. An answer from the store says `cached=True` and costs
    nothing; to change it changes nothing in the store.

    Args:
        client: Whom to ask.
        store: Where the answers are kept; in memory by default.
        seconds_to_live: How old an answer from the store may be; None for any age.
    """

    component_type: ClassVar[str] = "chat_completion_cache"
    component_provider_override: ClassVar[str] = "agentchat.ext.models.cache.ChatCompletionCache"

    def __init__(
        self,
        client: ChatCompletionClient,
        store: CacheStore[CHAT_CACHE_VALUE_TYPE] | None = None,
        *,
        seconds_to_live: float | None = None,
    ) -> None:
        super().__init__(client)
        self.store: CacheStore[CHAT_CACHE_VALUE_TYPE] = (
            InMemoryStore[CHAT_CACHE_VALUE_TYPE]() if store is None else store
        )
        self.seconds_to_live = seconds_to_live
        self._answers = KeptAnswers(self.store, seconds_to_live)
        self._identity: Identity | None = None
        self._creations = SingleFlights[CreateResult]()
        self._streams = SingleFlights[str | CreateResult]()

    @property
    def statistics(self) -> CacheStatistics:
        """How often the cache was of use so far."""
        return self._answers.statistics

    async def _answer(self, call: Call, token: CancellationToken | None) -> CreateResult:
        raise_if_cancelled(token)
        key = call.key(self._identity_of_client())
        kept = self._answers.get(key)
        if kept is not None:
            result = _result_of(kept)
            self._report_unasked(result)
            return result
        is_asked_already = self._creations.is_under_way(key)
        flight = self._creations.join(key, lambda: self._created(key, call))
        (result,) = [item async for item in _interruptible(flight, token)]
        if is_asked_already:
            self._answers.count("shared")
            self._report_unasked(result)
        return _copy(result)

    async def _pieces(
        self, call: Call, token: CancellationToken | None
    ) -> AsyncGenerator[str | CreateResult, None]:
        """The answer, or the pieces that came before.

        An answer that did not come in pieces then is one piece. A stream is kept once the client
        has come to its end.
        """
        raise_if_cancelled(token)
        key = call.key(self._identity_of_client())
        kept = self._answers.get(key)
        if kept is not None:
            self._report_unasked(_result_of(kept))
            for piece in _pieces_of(kept):
                raise_if_cancelled(token)
                yield piece
            return
        is_asked_already = self._streams.is_under_way(key)
        flight = self._streams.join(key, lambda: self._streamed(key, call))
        async with aclosing(_interruptible(flight, token)) as pieces:
            async for piece in pieces:
                if is_asked_already and isinstance(piece, CreateResult):
                    self._answers.count("shared")
                    self._report_unasked(piece)
                yield _copy(piece)

    def _report_unasked(self, result: CreateResult) -> None:
        report_usage(self.model_name, result.usage, from_cache=True)

    def _identity_of_client(self) -> Identity:
        if self._identity is None:
            self._identity = Identity.of(self.client)
        return self._identity

    async def _created(self, key: str, call: Call) -> AsyncGenerator[CreateResult, None]:
        self._answers.count("misses")
        result = await self.client.create(call.messages, **call.options())
        self._answers.put(key, _copy(result), call, self.model_name)
        yield result

    async def _streamed(self, key: str, call: Call) -> AsyncGenerator[str | CreateResult, None]:
        self._answers.count("misses")
        pieces: list[str | CreateResult] = []
        stream = self.client.create_stream(call.messages, **call.options())
        async with aclosing(stream):
            async for piece in stream:
                pieces.append(_copy(piece))
                yield piece
        self._answers.put(key, pieces, call, self.model_name)


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
