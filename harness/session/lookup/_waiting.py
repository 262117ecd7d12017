"""Which recorded interactions still wait to be played: found by digest, whatever their number."""

from collections import defaultdict, deque
from collections.abc import Collection, Sequence

AgentPath = tuple[str, ...]
_Slots = dict[AgentPath, deque[int]]


class Waiting:
    """Recorded interactions, by digest of their request; each is taken once.

    Equal requests of one slot (the same agent, in the same turn) are taken in recorded order,
    whatever order the slots come in.

    Args:
        keys: Digest and agent path of each, in recorded order.
        own: Those that go before equal ones.
    """

    def __init__(self, keys: Sequence[tuple[str, AgentPath]], own: Collection[int] = ()) -> None:
        self._left = dict.fromkeys(range(len(keys)))
        self._slots: defaultdict[str, _Slots] = defaultdict(dict)
        self._known: set[AgentPath] = set()
        self._furthest: dict[AgentPath, int] = {}
        self._last: dict[tuple[str, AgentPath], int] = {}
        for number in dict.fromkeys((*own, *self._left)):
            self.add(number, *keys[number])

    def add(self, number: int, digest: str, path: AgentPath) -> None:
        """Makes an interaction be found by a digest."""
        self._slots[digest].setdefault(path, deque()).append(number)
        self._known.add(_names(path))

    def take(self, digest: str, path: AgentPath) -> int | None:
        """The first equal one of the same slot; where it has none, that of the likeliest slot.

        An agent that the recording knows gets no answer that another one may still ask for.
        """
        slots = self._slots.get(digest)
        if not slots:
            return None
        number = self._next(slots, path)
        if number is None:
            number = self._next_of_others(slots, path)
        if number is not None:
            self.take_at(number, digest, path)
        return number

    def take_at(self, number: int, digest: str, path: AgentPath) -> None:
        """Takes a certain one for a request."""
        names = _names(path)
        self._furthest[names] = max(number, self._furthest.get(names, 0))
        self._last[digest, path] = self._last[digest, ()] = number
        del self._left[number]

    def drop(self, number: int) -> None:
        """Takes an interaction out, if it is still there."""
        self._left.pop(number, None)

    def last_taken(self, digest: str, path: AgentPath) -> int | None:
        """The equal one that was taken last: in the same slot, else anywhere."""
        return self._last.get((digest, path), self._last.get((digest, ())))

    def equal(self, digest: str) -> list[int]:
        """Those with this digest that were not taken, in recorded order."""
        slots = self._slots.get(digest, {})
        return sorted(each for slot in slots.values() for each in slot if each in self._left)

    def has_left(self, number: int) -> bool:
        """Whether it was not taken."""
        return number in self._left

    @property
    def left(self) -> Sequence[int]:
        """Those that were not taken, in recorded order."""
        return list(self._left)

    def _next(self, slots: _Slots, path: AgentPath) -> int | None:
        slot = slots.get(path)
        while slot and slot[0] not in self._left:
            slot.popleft()
        if slot:
            return slot.popleft()
        slots.pop(path, None)
        return None

    def _next_of_others(self, slots: _Slots, path: AgentPath) -> int | None:
        names = _names(path)
        is_known = bool(names) and names in self._known
        ranked = []
        for owner in list(slots):
            first = next((number for number in slots[owner] if number in self._left), None)
            rank = None if first is None else self._rank(names, _names(owner), is_known, first)
            if rank is not None:
                ranked.append((rank, first, owner))
        return self._next(slots, min(ranked)[2]) if ranked else None

    def _rank(self, names: AgentPath, owner: AgentPath, is_known: bool, number: int) -> int | None:
        """How likely what is the owner's is meant, 0 being the likeliest; None when it is not."""
        if owner == names:
            return 0
        if owner[-1:] == names[-1:]:
            return 1
        if not owner:
            return 2
        if self._furthest.get(owner, -1) > number:
            # The owner is past the place where it asked.
            return 3
        if is_known:
            return None
        # Whoever asked nothing yet may have another name now.
        return 5 if owner in self._furthest else 4


def _names(path: AgentPath) -> AgentPath:
    return tuple([part.partition("#")[0] for part in path]) if path else path
