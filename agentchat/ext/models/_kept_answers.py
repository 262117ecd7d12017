"""KeptAnswers: what a cache has in its store, how old it is, and how often it was of use."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, runtime_checkable

from pydantic import BaseModel, TypeAdapter, ValidationError

from agentchat.core._cache_store import CacheStore
from agentchat.core._world import now
from agentchat.core.models import CreateResult
from agentchat.ext.cache_store._json import reader_of
from agentchat.ext.models._cache_key import Call

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

_LONG_AGO = float("-inf")

_ANY_STORED: TypeAdapter[_Stored] = TypeAdapter(_Stored)
_PIECES: TypeAdapter[list[str | CreateResult]] = TypeAdapter(list[str | CreateResult])


@runtime_checkable
class ShowsQuestions(Protocol):
    """A store for people to look into, who want to see what was asked."""

    def set_answer(self, key: str, value: Any, call: Call, model: str) -> None:
        """Keeps the answer to a call of a model under the key."""


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
        kept = self._get(key)
        if kept is None:
            return None
        try:
            answer, stored_at = _read(kept)
        except ValidationError:
            return None
        result = answer[-1] if isinstance(answer, list) and answer else answer
        if not isinstance(result, CreateResult):
            return None
        if self._seconds_to_live is not None and _age(stored_at) > self._seconds_to_live:
            self.count("expired")
            return None
        self.count("hits")
        result.cached = True
        return answer

    def put(self, key: str, answer: Answer, call: Call, model: str) -> None:
        """Keeps an answer, which must not be changed any more.

        Args:
            key: Under which it is found.
            answer: The answer.
            call: What was asked; for those stores that show it.
            model: Who was asked.
        """
        is_dated = self._seconds_to_live is not None
        value = _Dated(stored_at=now().timestamp(), answer=answer) if is_dated else answer
        if isinstance(self._store, ShowsQuestions):
            self._store.set_answer(key, value, call, model)
        else:
            self._store.set(key, value)
        self.count("stored")


def _read(stored: Any) -> tuple[Answer, float]:
    """What a store has, as objects that nobody else has, and when it was put there.

    Raises:
        ValidationError: It is no answer.
    """
    text = stored.encode() if isinstance(stored, str) else stored
    if not isinstance(text, bytes):
        found = _ANY_STORED.validate_python(_copy(stored))
    elif text.startswith(b'{"stored_at"'):
        found = _Dated.model_validate_json(text)
    elif text.startswith(b"["):
        found = _PIECES.validate_json(text)
    else:
        return CreateResult.model_validate_json(text), _LONG_AGO
    return (found.answer, found.stored_at) if isinstance(found, _Dated) else (found, _LONG_AGO)


def _age(stored_at: float) -> float:
    """Seconds."""
    return now().timestamp() - stored_at


def _copy(value: Any) -> Any:
    """The value without a part that a store of live objects would share with the caller."""
    if isinstance(value, BaseModel):
        return value.model_copy(deep=True)
    return [_copy(each) for each in value] if isinstance(value, list) else value
