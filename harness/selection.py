"""Expressions that pick scenarios by name: `chat and not (slow or live)`."""

import re
from collections.abc import Callable, Iterator, Sequence

from harness.errors import UsageError
from harness.scenario import Scenario

_TOKEN = re.compile(r"\s*(?:(?P<mark>[()])|(?P<word>[^\s()]+))")

Pick = Callable[[str], bool]
"""Whether a text, in lower case, is picked."""


def select(scenarios: Sequence[Scenario], expression: str) -> list[Scenario]:
    """Those whose id or tags fit, as pytest's `-k` understands it; case does not count.

    Raises:
        UsageError: The expression is malformed.
    """
    picks = _Expression(expression).pick()
    return [each for each in scenarios if picks(" ".join((each.id, *each.tags)).lower())]


class _Expression:
    """Reads `or` over `and` over `not` over words and parentheses."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._next = next(self._tokens)

    def pick(self) -> Pick:
        pick = self._either()
        if self._next:
            raise self._unexpected()
        return pick

    def _either(self) -> Pick:
        first = self._both()
        if not self._taken("or"):
            return first
        second = self._either()
        return lambda text: first(text) or second(text)

    def _both(self) -> Pick:
        first = self._single()
        if not self._taken("and"):
            return first
        second = self._both()
        return lambda text: first(text) and second(text)

    def _single(self) -> Pick:
        if self._taken("not"):
            pick = self._single()
            return lambda text: not pick(text)
        if self._taken("("):
            pick = self._either()
            if not self._taken(")"):
                raise self._unexpected()
            return pick
        if self._next in ("", "and", "or", ")"):
            raise self._unexpected()
        word = self._next.lower()
        self._next = next(self._tokens)
        return lambda text: word in text

    def _taken(self, token: str) -> bool:
        if self._next != token:
            return False
        self._next = next(self._tokens)
        return True

    def _unexpected(self) -> UsageError:
        found = repr(self._next) if self._next else "its end"
        return UsageError(f"-k {self._text!r}: a name was expected before {found}.")


def _tokens(text: str) -> Iterator[str]:
    for found in _TOKEN.finditer(text):
        yield found["mark"] or found["word"]
    while True:
        yield ""
