"""The cassettes that a session plays from: its own, and shared ones beneath it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from harness.interactions import Interaction, Request, agent_of
from harness.journal import fingerprint
from harness.matching import Matcher
from harness.session.lookup._layer import Asked, Layer
from harness.session.lookup._masks import Masks
from harness.session.lookup._misses import (
    Explanation,
    kept_for_others,
    out_of_order,
    repeated,
    unlike,
)


class Found(NamedTuple):
    """An interaction that answers a request."""

    layer: Layer
    position: int

    @property
    def number(self) -> int:
        """Its number in the cassette, from 1."""
        return self.position + 1

    @property
    def name(self) -> str:
        """What messages and traces call it: `guide/chat/hello.yaml#3`."""
        return f"{self.layer.name}#{self.number}"

    @property
    def fingerprint(self) -> str:
        """What a journal calls it."""
        return fingerprint(self.interaction)

    @property
    def interaction(self) -> Interaction:
        """What was recorded."""
        return self.layer.cassette.interactions[self.position]


class Stack:
    """Finds what answers a request, and says why nothing does.

    Args:
        layers: The session's own cassette, then the shared ones.
        matcher: How requests are compared.
        strict: Whether the own one is played in its order alone.
        repeats: Whether what was played may be played again.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        matcher: Matcher,
        strict: bool = False,
        repeats: bool = False,
    ) -> None:
        self._own, *self._shared = layers
        self._matcher, self._strict, self._repeats = matcher, strict, repeats
        self._masks = Masks(
            each.request.url for layer in layers for each in layer.cassette.interactions
        )

    def find(self, request: Request, asked: Asked) -> Found | None:
        """What answers a request; it counts as played then.

        Where nothing does, what was recorded under an address with a part hidden may.
        """
        found = self._find(request, asked)
        if found is not None:
            return found
        answers = (self._find(*each) for each in self._masked(request, asked))
        return next(filter(None, answers), None)

    def _masked(self, request: Request, asked: Asked) -> Iterator[tuple[Request, Asked]]:
        """The request under each recorded address with a part hidden that may be its own."""
        for url in self._masks.over(request.url):
            masked = replace(request, url=url)
            yield masked, Asked(self._matcher.digest(masked), asked.agent_path)

    def _find(self, request: Request, asked: Asked) -> Found | None:
        position = self._in_order(request, asked) if self._strict else self._own.take(asked)
        if position is not None:
            return Found(self._own, position)
        for layer in self._shared:
            position = layer.take(asked)
            if position is not None:
                return Found(layer, position)
        for layer in (self._own, *self._shared) if self._repeats else ():
            position = layer.last_taken(asked)
            if position is not None:
                return Found(layer, position)
        return None

    def replaced(self, request: Request, agent_path: tuple[str, ...]) -> Found | None:
        """The own interaction that a request records anew; it is found once."""
        position = self._own.take(Asked(self._matcher.digest(request), agent_path))
        return None if position is None else Found(self._own, position)

    def why_not(self, request: Request, asked: Asked) -> Explanation:
        """Why nothing answers a request."""
        own, recorded = self._own, self._own.cassette.interactions
        if not recorded:
            return Explanation("the cassette is empty")
        if all(each.request.url != request.url for each in recorded):
            request, asked = next(self._masked(request, asked), (request, asked))
        expected = own.next_like(request) if self._strict else None
        left = own.equal(asked)
        if left and expected is not None:
            return out_of_order(recorded, left[0], expected)
        if left:
            return kept_for_others(recorded, left)
        if numbers := own.numbers_of(asked):
            return repeated(numbers)
        searched = own.unplayed if expected is None else [expected]
        return unlike(request, agent_of(asked.agent_path), recorded, searched, self._matcher)

    def _in_order(self, request: Request, asked: Asked) -> int | None:
        expected = self._own.next_like(request)
        if expected is None or expected not in self._own.equal(asked):
            return None
        self._own.take_at(expected, asked)
        return expected
