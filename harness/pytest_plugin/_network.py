"""A closed network: what no cassette sees must not go out either."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

from harness.errors import NetworkBlocked
from harness.hosts import is_allowed, is_this_machine
from harness.network import watched


class Guard:
    """Refuses connections to other machines, in all threads.

    Args:
        fix: What helps, besides `--allowed-hosts`, for messages.
    """

    def __init__(self, fix: str) -> None:
        self.attempts: list[NetworkBlocked] = []
        """What was refused, also if the code under test swallowed it."""

        self._fix = fix
        self.is_open = False
        """Whether everything may be reached, because it is recorded."""

    def check(self, hosts: Sequence[str], port: object) -> None:
        """Looks at a host, by its name and its address, that is asked for, or connected to.

        Raises:
            NetworkBlocked: It is another machine, and may not be reached.
        """
        if self.is_open or any(is_this_machine(each) or is_allowed(each) for each in hosts):
            return
        blocked = NetworkBlocked(hosts[0], port, self._fix)
        self.attempts.append(blocked)
        raise blocked


def guarded(guard: Guard) -> AbstractContextManager[None]:
    """A block in which a guard stands at the door."""
    return watched(guard.check)
