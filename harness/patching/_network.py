"""What no cassette sees is not sent either, while a cassette is only played."""

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any

from harness.errors import ReplayMiss, UnknownCassette
from harness.hosts import is_allowed, is_this_machine
from harness.in_use import CassetteInUse, in_use
from harness.patching._replacing import replaced
from harness.session import RecordMode

_CAUSE = "it is made with what no cassette sees: WebSockets, or a socket of some other library"

_name_by_address: dict[str, str] = {}
"""What was asked for, by what it stands for: connections are made to addresses."""


def network_patches() -> Iterator[AbstractContextManager[None]]:
    """Patches that keep sockets from other machines, where the mode is `none`."""
    for name in ("connect", "connect_ex"):
        yield replaced(socket.socket, name, _connecting(getattr(socket.socket, name)))
    yield replaced(socket, "getaddrinfo", _looking_up(socket.getaddrinfo))


def _connecting(connect: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(connect)
    def connect_or_refuse(self: socket.socket, address: Any) -> Any:
        if isinstance(address, tuple):
            # Whoever else listens, such as pytest's plugin, knows better what a test may reach.
            sys.audit("socket.connect", self, address)
            host = str(address[0])
            _check(_name_by_address.get(host, host), address[1])
        return connect(self, address)

    return connect_or_refuse


def _looking_up(look_up: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(look_up)
    def look_up_or_refuse(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        sys.audit("socket.getaddrinfo", host, port, *args)
        name = host.decode(errors="replace") if isinstance(host, bytes) else str(host or "")
        _check(name, port)
        found = look_up(host, port, *args, **options)
        _name_by_address.update({str(each[4][0]): name for each in found})
        return found

    return look_up_or_refuse


def _check(host: str, port: object) -> None:
    use = _playing()
    place = f"{host}:{port}" if port else host
    if use is None or is_this_machine(host) or is_allowed(host) or use.ignores(f"//{place}"):
        return
    miss = ReplayMiss(
        use.path,
        f"a connection to {place}",
        cause=_CAUSE,
        nearest=None,
        fix=f'ignore_hosts=["{host}"] lets it through',
    )
    use.misses.append(miss)
    raise miss


def _playing() -> CassetteInUse | None:
    """The cassette in use here, if it is only played."""
    try:
        use = in_use()
    except UnknownCassette:
        return None  # Names are looked up in threads that were told of none.
    return use if use is not None and use.session.mode is RecordMode.NONE else None
