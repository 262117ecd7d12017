"""A closed network: what no cassette sees must not go out either."""

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import local
from typing import Any

from harness.errors import NetworkBlocked
from harness.hosts import is_allowed, is_this_machine


class Guard:
    """Refuses connections to other machines, in all threads.

    Args:
        fix: What helps, besides `--allowed-hosts`, for messages.
    """

    def __init__(self, fix: str) -> None:
        self.attempts: list[NetworkBlocked] = []
        """What was refused, also if the code under test swallowed it."""

        self._addresses: set[str] = set()
        self._fix = fix
        self.is_open = False
        """Whether everything may be reached, because it is recorded."""

    def check(self, host: str, port: object) -> None:
        """Looks at a host that is about to be asked for, or connected to.

        Raises:
            NetworkBlocked: It is another machine, and may not be reached.
        """
        if self.is_open or is_this_machine(host) or host in self._addresses:
            return
        if is_allowed(host):
            self._addresses |= _addresses_of(host)
            return
        blocked = NetworkBlocked(host, port, self._fix)
        self.attempts.append(blocked)
        raise blocked


_guard: Guard | None = None
_is_installed = False
_looking = local()


@contextmanager
def guarded(guard: Guard) -> Iterator[Guard]:
    """A block in which a guard stands at the door, instead of any other."""
    global _guard
    _install()
    before, _guard = _guard, guard
    try:
        yield guard
    finally:
        _guard = before


def _install() -> None:
    """Once in a process, and for good: an audit hook can't be taken back."""
    global _is_installed
    if not _is_installed:
        sys.addaudithook(_heard)
        _is_installed = True


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    # All that Python does comes by here.
    guard = _guard
    if guard is None or event not in _READERS or getattr(_looking, "up", False):
        return
    place = _READERS[event](arguments)
    if place is not None:
        guard.check(*place)


def _of_socket(arguments: tuple[Any, ...]) -> tuple[str, object] | None:
    return _of_address(arguments[1])


def _of_address(address: Any) -> tuple[str, object] | None:
    is_network = isinstance(address, tuple) and len(address) >= 2
    return (str(address[0]), address[1]) if is_network else None


def _of_name(arguments: tuple[Any, ...]) -> tuple[str, object] | None:
    host = arguments[0]
    name = host.decode(errors="replace") if isinstance(host, bytes) else str(host or "")
    return name, arguments[1] if len(arguments) > 1 else None


_READERS: dict[str, Callable[[tuple[Any, ...]], tuple[str, object] | None]] = {
    "socket.connect": _of_socket,
    "socket.sendto": _of_socket,
    "socket.sendmsg": _of_socket,
    "socket.getaddrinfo": _of_name,
    "socket.gethostbyname": _of_name,
    "socket.gethostbyaddr": _of_name,
    "socket.getnameinfo": lambda arguments: _of_address(arguments[0]),
}


def _addresses_of(host: str) -> set[str]:
    """What a name that may be reached stands for: connections are made to addresses."""
    _looking.up = True
    try:
        return {str(each[4][0]) for each in socket.getaddrinfo(host, None)}
    except OSError:
        return set()
    finally:
        _looking.up = False
