"""How alike two requests are, and which of many is nearest: cheaply, by the words they say."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache
from heapq import nlargest
from typing import Any, NamedTuple

from harness.matching._content import Sent, json_of

# A character of Chinese, Japanese or Korean is as good as a word.
_SIGNS = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(f"[{_SIGNS}]|[^\\W{_SIGNS}]+")
_CANDIDATES = 20
"""How many are compared word by word, of all that look alike."""
_LONG_WORD = 60
"""Bytes of what is no word, but a text without spaces between words."""
_FAVOUR = 0.05
"""How much likeness it is worth to be favoured."""


class Near(NamedTuple):
    """The nearest of several requests."""

    position: int
    likeness: float
    """From 0 to 1."""


def nearest(asked: Sent, recorded: Sequence[Sent], favoured: Collection[int] = ()) -> Near:
    """The recorded request that is most like the one asked; the first of several.

    Args:
        asked: The request.
        recorded: Those that it may be meant to be; at least one.
        favoured: Positions of those that decide when others are about as like.
    """
    look = _Look(asked)
    at_a_glance = {
        position: look.likeness(each) + _favour(position, favoured)
        for position, each in enumerate(recorded)
    }
    words = _words_of(asked)
    word_by_word = {
        position: _likeness(words, _words_of(recorded[position]))
        for position in nlargest(_CANDIDATES, at_a_glance, key=at_a_glance.__getitem__)
    }
    best = max(word_by_word, key=lambda at: (word_by_word[at] + _favour(at, favoured), -at))
    return Near(best, word_by_word[best])


def _words_of(request: Sent) -> Counter[str]:
    """The words and numbers of a request, each with how often it comes."""
    return _words(request.method, request.url, request.body)


# As many as are compared with one request: the next one is compared with nearly the same.
@lru_cache(maxsize=2 * _CANDIDATES)
def _words(method: str, url: str, body: bytes) -> Counter[str]:
    value = json_of(body)
    texts = [body.decode(errors="replace")] if value is None else _texts(value)
    address, _, query = url.partition("?")
    words = Counter(_WORD.findall("\n".join([*texts, address, query])))
    words[f"{method} {address}"] = 8
    return words


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """The share of words that two requests have in common, from 0 to 1."""
    return 2 * (one & other).total() / ((one.total() + other.total()) or 1)


class _Look:
    """What can be seen of a request at a glance; thousands are compared by it."""

    def __init__(self, request: Sent) -> None:
        self._body, self._address = request.body, (request.method, request.url)
        self._words = set(request.body.split())

    def likeness(self, other: Sent) -> float:
        """How alike the bodies look: by their words; where these are long, by both ends."""
        address = 0.1 * (self._address == (other.method, other.url))
        if self._body == other.body:
            return 1 + address
        words = set(other.body.split())
        shared = 2 * len(self._words & words) / ((len(self._words) + len(words)) or 1)
        if all(len(word) < _LONG_WORD for word in self._words ^ words):
            return shared + address
        ends = _common(self._body, other.body) + _common(self._body[::-1], other.body[::-1])
        length = len(self._body) + len(other.body)
        return max(shared, min(2 * ends / length, 1)) + address


def _common(one: bytes, other: bytes) -> int:
    """How many bytes two texts begin with alike."""
    known, end = 0, min(len(one), len(other))
    while known < end:
        middle = (known + end + 1) // 2
        if one[known:middle] == other[known:middle]:
            known = middle
        else:
            end = middle - 1
    return known


def _favour(position: int, favoured: Collection[int]) -> float:
    return _FAVOUR if position in favoured else 0


def _texts(value: Any) -> list[str]:
    """The keys, texts and numbers below a value, without what pictures hold."""
    if isinstance(value, str):
        return [] if value.startswith("data:") else [value]
    if isinstance(value, dict):
        return [text for key, inner in value.items() for text in (key, *_texts(inner))]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [str(value)]
