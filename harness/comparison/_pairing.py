"""Which interactions of two cassettes are meant to be the same."""

from bisect import bisect
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence

from harness.interactions import Interaction
from harness.matching import Matcher, nearest

_LEAST_LIKENESS = 0.25
"""Requests of an agent that share fewer words than this are about something else."""

_LEAST_OF_OTHERS = 0.9
"""The same, of agents that have different names."""

_COMPARISONS = 20_000
"""Beyond so many in all, a request is compared with the old ones about its own place alone."""

_FEWEST = 4
"""Old ones that it is compared with in any case."""

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
        left = {each: deque(positions) for each, positions in self._left_by(key).items()}
        for position in self._unpaired():
            if same := left.get(key(self._new[position])):
                self._pair(same.popleft(), position)

    def pair_nearest(self) -> None:
        """Pairs what is most alike, if it is alike at all: of one agent, then of any."""
        self._pair_alike(lambda each: (each.is_client_call, each.agent), _LEAST_LIKENESS)
        self._pair_alike(lambda each: each.is_client_call, _LEAST_OF_OTHERS)

    def _pair_alike(self, key: Callable[[Interaction], Hashable], least: float) -> None:
        """Pairs what has the same key, by likeness."""
        left = self._left_by(key)
        unpaired = self._unpaired()
        for position in unpaired:
            asked = self._new[position]
            same = left[key(asked)]
            alike = _about(same, position, max(_FEWEST, _COMPARISONS // len(unpaired)))
            if alike:
                near = nearest(asked.request, [self._old[each].request for each in alike])
                if near.likeness >= least:
                    self._pair(alike[near.position], position)
                    same.remove(alike[near.position])

    def in_order(self) -> list[Pair]:
        """The pairs as they are told."""
        gone_by_former: defaultdict[int | None, list[Pair]] = defaultdict(list)
        former = None
        for old in range(len(self._old)):
            if old in self._left:
                gone_by_former[former].append((old, None))
            else:
                former = old
        pairs = [*gone_by_former[None]]
        for new in range(len(self._new)):
            partner = self._old_by_new.get(new)
            pairs.append((partner, new))
            pairs += [] if partner is None else gone_by_former[partner]
        return pairs

    def _left_by(self, key: Callable[[Interaction], Hashable]) -> defaultdict[Hashable, list[int]]:
        """Positions in the old cassette that have no partner yet, in order."""
        left: defaultdict[Hashable, list[int]] = defaultdict(list)
        for position in self._left:
            left[key(self._old[position])].append(position)
        return left

    def _unpaired(self) -> list[int]:
        return [each for each in range(len(self._new)) if each not in self._old_by_new]

    def _pair(self, old: int, new: int) -> None:
        self._old_by_new[new] = old
        del self._left[old]


def _about(positions: Sequence[int], place: int, most: int) -> Sequence[int]:
    """Those of the sorted positions that are next to a place."""
    start = bisect(positions, place) - most // 2
    start = max(0, min(start, len(positions) - most))
    return positions[start : start + most]
