"""Checks that hear of a host before anything is sent to it.

Python tells of its own sockets; what has a network stack of its own announces the same.
"""

import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import wraps
from threading import Lock
from typing import Any

from harness.network._announced import announced
from harness.network._overlaying import overlaid

Check = Callable[[Sequence[str], object], None]
"""Is told a host, and a port or service if there is one, and raises what shall stop it.

The host is a name, or an address, with the name before it that it was found by.
"""

_checks: tuple[Check, ...] = ()
_lock = Lock()
_is_installed = False
_patches = ExitStack()
_name_by_address: dict[str, str] = {}
"""What was looked up, by what it stands for: connections are made to addresses."""


@contextmanager
def watched(check: Check) -> Iterator[None]:
    """A block in which a check, in all threads, hears of a host before it is asked or asked for.

    Of several checks the one that came first is told first.
    """
    _enter(check)
    try:
        yield
    finally:
        _leave(check)


def _enter(check: Check) -> None:
    global _checks, _is_installed
    with _lock:
        if not _is_installed:
            # For good: an audit hook can't be taken back.
            sys.addaudithook(_heard)
            _is_installed = True
        if not _checks:
            look_up = _remembering(socket.getaddrinfo)
            _patches.enter_context(overlaid(socket, "getaddrinfo", look_up))
            _patches.enter_context(announced())
        _checks = (*_checks, check)


def _leave(check: Check) -> None:
    global _checks
    with _lock:
        at = _checks.index(check)
        _checks = _checks[:at] + _checks[at + 1 :]
        if not _checks:
            _patches.close()


def _remembering(look_up: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(look_up)
    def look_up_and_remember(host: Any, *args: Any, **options: Any) -> Any:
        found = look_up(host, *args, **options)
        name = _text(host)
        addresses = {str(each[4][0]) for each in found} - {name}
        _name_by_address.update(dict.fromkeys(addresses, name))
        return found

    return look_up_and_remember


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    # All that Python does comes by here.
    if not _checks or event not in _READERS:
        return
    place = _READERS[event](arguments)
    if place is not None:
        host, port = place
        hosts = (_name_by_address[host], host) if host in _name_by_address else (host,)
        for check in _checks:
            check(hosts, port)


def _of_socket(arguments: tuple[Any, ...]) -> tuple[str, object] | None:
    return _of_address(arguments[1])


def _of_address(address: Any) -> tuple[str, object] | None:
    is_network = isinstance(address, tuple) and len(address) >= 2
    return (_text(address[0]), address[1]) if is_network else None


def _of_name(arguments: tuple[Any, ...]) -> tuple[str, object]:
    return _text(arguments[0]), arguments[1] if len(arguments) > 1 else None


def _text(host: Any) -> str:
    return host.decode(errors="replace") if isinstance(host, bytes | bytearray) else str(host or "")


_READERS: dict[str, Callable[[tuple[Any, ...]], tuple[str, object] | None]] = {
    "socket.connect": _of_socket,
    "socket.sendto": _of_socket,
    "socket.sendmsg": _of_socket,
    "socket.getaddrinfo": _of_name,
    "socket.gethostbyname": _of_name,
    "socket.gethostbyaddr": _of_name,
    "socket.getnameinfo": lambda arguments: _of_address(arguments[0]),
}
