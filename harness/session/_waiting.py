"""Which recorded interactions still wait to be played: found by digest, whatever their number."""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence

AgentPath = tuple[str, ...]


class Waiting:
    """Recorded interactions, by digest of their request; each is taken once.

    Args:
        keys: Digest and agent path of each, in recorded order.
    """

    def __init__(self, keys: Iterable[tuple[str, AgentPath]]) -> None:
        self._left: dict[int, str] = {}
        self._by_digest: defaultdict[str, deque[int]] = defaultdict(deque)
        self._by_slot: defaultdict[tuple[str, AgentPath], deque[int]] = defaultdict(deque)
        for number, (digest, path) in enumerate(keys):
            self._left[number] = digest
            self._by_digest[digest].append(number)
            self._by_slot[digest, path].append(number)

    def take(self, digest: str, path: AgentPath) -> int | None:
        """The first equal one that was asked from the same place, else the first equal one."""
        number = self._next(self._by_slot.get((digest, path)))
        if number is None:
            number = self._next(self._by_digest.get(digest))
        if number is not None:
            del self._left[number]
        return number

    def has_held(self, digest: str) -> bool:
        """Whether there was such a request, played or not."""
        return digest in self._by_digest

    @property
    def left(self) -> Sequence[int]:
        """Those that were not taken, in recorded order."""
        return list(self._left)

    def _next(self, numbers: deque[int] | None) -> int | None:
        while numbers:
            number = numbers.popleft()
            if number in self._left:
                return number
        return None
