"""Which interactions of two cassettes are meant to be the same."""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence

from harness.interactions import Interaction
from harness.matching import Matcher, nearest

_LEAST_LIKENESS = 0.25
"""Requests of an agent that share fewer words than this are about something else."""

_LEAST_OF_OTHERS = 0.9
"""The same, of agents that have different names."""

Pair = tuple[int | None, int | None]
"""Positions in the old and in the new cassette; None where there is no other one."""


def paired(old: Sequence[Interaction], new: Sequence[Interaction]) -> list[Pair]:
    """Every interaction of both, in the new order: by match key, then by likeness.

    What is only in the old one stands behind the one that it followed there.
    """
    pairing = _Pairing(old, new)
    matcher = Matcher()
    digests = {id(each): matcher.digest(each.request) for each in (*old, *new)}
    pairing.pair_by(lambda each: (digests[id(each)], each.test, each.agent_path))
    pairing.pair_by(lambda each: (digests[id(each)], each.test, each.agent))
    pairing.pair_by(lambda each: digests[id(each)])
    pairing.pair_nearest()
    return pairing.in_order()


class _Pairing:
    def __init__(self, old: Sequence[Interaction], new: Sequence[Interaction]) -> None:
        self._old, self._new = old, new
        self._old_by_new: dict[int, int] = {}
        self._left = dict.fromkeys(range(len(old)))

    def pair_by(self, key: Callable[[Interaction], Hashable]) -> None:
        """Pairs what has the same key, in order."""
        waiting: defaultdict[Hashable, deque[int]] = defaultdict(deque)
        for position in self._left:
            waiting[key(self._old[position])].append(position)
        for position in self._unpaired():
            same = waiting[key(self._new[position])]
            if same:
                self._pair(same.popleft(), position)

    def pair_nearest(self) -> None:
        """Pairs what is most alike, if it is alike at all: of one agent, then of any."""
        self._pair_alike(lambda one, other: one.agent == other.agent, _LEAST_LIKENESS)
        self._pair_alike(lambda one, other: True, _LEAST_OF_OTHERS)

    def _pair_alike(self, fits: Callable[[Interaction, Interaction], bool], least: float) -> None:
        for position in self._unpaired():
            asked = self._new[position]
            left = [
                each
                for each in self._left
                if self._old[each].is_client_call == asked.is_client_call
                and fits(self._old[each], asked)
            ]
            if left:
                near = nearest(asked.request, [self._old[each].request for each in left])
                if near.likeness >= least:
                    self._pair(left[near.position], position)

    def in_order(self) -> list[Pair]:
        """The pairs as they are told."""
        pairs: list[Pair] = [(self._old_by_new.get(at), at) for at in range(len(self._new))]
        for removed in self._left:
            before = (place for place, (old, _) in enumerate(pairs) if old == removed - 1)
            pairs.insert(next(before, -1) + 1, (removed, None))
        return pairs

    def _unpaired(self) -> list[int]:
        return [each for each in range(len(self._new)) if each not in self._old_by_new]

    def _pair(self, old: int, new: int) -> None:
        self._old_by_new[new] = old
        del self._left[old]
