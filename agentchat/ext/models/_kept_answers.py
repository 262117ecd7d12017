"""KeptAnswers: what a cache has in its store, how old it is, and how often it was of use."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import BaseModel, TypeAdapter, ValidationError

from agentchat.core._cache_store import CacheStore
from agentchat.core._world import now
from agentchat.core.models import CreateResult
from agentchat.ext.cache_store._json import reader_of

Answer: TypeAlias = CreateResult | list[str | CreateResult]
"""A result, or the pieces of a stream with the result at the end."""


@dataclass(frozen=True, slots=True)
class CacheStatistics:
    """How often a cache was of use; calls that failed count among the misses."""

    hits: int = 0
    """Answers that came from the store."""

    shared: int = 0
    """Answers that came with another call, equal and under way at the time."""

    misses: int = 0
    """Calls that the client was asked."""

    stored: int = 0
    """Answers that were put into the store."""

    expired: int = 0
    """Misses for which the store had an answer that was too old."""


class _Dated(BaseModel, defer_build=True):
    """An answer of which the age matters."""

    stored_at: float
    """Seconds since 1970; the first field, by which the text is known."""

    answer: Answer


_Stored: TypeAlias = Answer | _Dated

_ANY_STORED: TypeAdapter[_Stored] = TypeAdapter(_Stored)
_PIECES: TypeAdapter[list[str | CreateResult]] = TypeAdapter(list[str | CreateResult])


class KeptAnswers:
    """The answers in a store.

    Args:
        store: Where they are.
        seconds_to_live: How old an answer may be; None for any age. With a limit, an answer that
            does not say how old it is counts as too old.
    """

    def __init__(self, store: CacheStore[Any], seconds_to_live: float | None) -> None:
        self._store = store
        # Read once, without dicts in between.
        self._get = reader_of(store)
        self._seconds_to_live = seconds_to_live
        self._counts: Counter[str] = Counter()

    @property
    def statistics(self) -> CacheStatistics:
        """What has been counted so far."""
        return CacheStatistics(**self._counts)

    def count(self, what: str) -> None:
        """Counts one more of a field of the statistics."""
        self._counts[what] += 1

    def get(self, key: str) -> Answer | None:
        """The answer under a key, as objects of the caller's own; None when it is of no use."""
        try:
            stored = _read(self._get(key))
        except ValidationError:
            return None
        if isinstance(stored, _Dated):
            answer, stored_at = stored.answer, stored.stored_at
        elif stored is not None:
            answer, stored_at = stored, float("-inf")
        else:
            return None
        result = answer[-1] if isinstance(answer, list) and answer else answer
        if not isinstance(result, CreateResult):
            return None
        if self._is_too_old(stored_at):
            self.count("expired")
            return None
        self.count("hits")
        result.cached = True
        return answer

    def put(self, key: str, answer: Answer) -> None:
        """Keeps an answer, which must not be changed any more."""
        if self._seconds_to_live is None:
            self._store.set(key, answer)
        else:
            self._store.set(key, _Dated(stored_at=now().timestamp(), answer=answer))
        self.count("stored")

    def _is_too_old(self, stored_at: float) -> bool:
        limit = self._seconds_to_live
        return limit is not None and now().timestamp() - stored_at > limit


def _read(stored: Any) -> _Stored | None:
    """What a store has, as objects that nobody else has.

    Raises:
        ValidationError: It is no answer.
    """
    if stored is None:
        return None
    if not isinstance(stored, str | bytes):
        return _ANY_STORED.validate_python(_copy(stored))
    text = stored.encode() if isinstance(stored, str) else stored
    if text.startswith(b"["):
        return _PIECES.validate_json(text)
    if text.startswith(b'{"stored_at"'):
        return _Dated.model_validate_json(text)
    return CreateResult.model_validate_json(text)


def _copy(value: Any) -> Any:
    """The value without a part that a store of live objects would share with the caller."""
    if isinstance(value, BaseModel):
        return value.model_copy(deep=True)
    return [_copy(each) for each in value] if isinstance(value, list) else value
