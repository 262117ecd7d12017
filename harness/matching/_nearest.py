"""How alike two requests are, cheaply: by the words they say."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from harness.matching._key import Sent, json_of

_WORD = re.compile(r"\w+")


def words_of(request: Sent) -> Counter[str]:
    """The words of a request's texts, each with how often it comes."""
    value = json_of(request.body)
    texts = [request.body.decode(errors="replace")] if value is None else _texts(value)
    words = Counter(word for text in texts for word in _WORD.findall(text))
    words[f"{request.method} {request.url.partition('?')[0]}"] = 8
    return words


def likeness(one: Counter[str], other: Counter[str]) -> float:
    """The share of words that two requests have in common, from 0 to 1."""
    return 2 * (one & other).total() / ((one.total() + other.total()) or 1)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
