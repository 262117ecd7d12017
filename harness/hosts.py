"""Hosts that are reached although the network is closed."""

import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_address

_NAMES = frozenset({"", "localhost", "ip6-localhost"})

_allowed: Sequence[re.Pattern[str]] = ()


def is_this_machine(host: str) -> bool:
    """Whether a name or an address is that of the machine on which this runs."""
    name = host.lower().rstrip(".")
    if name in _NAMES or name.endswith(".localhost") or name == socket.gethostname().lower():
        return True
    try:
        address = ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def is_allowed(host: str) -> bool:
    """Whether a host is one of those that are never blocked."""
    return any(pattern.fullmatch(host) for pattern in _allowed)


@contextmanager
def allowing(hosts: Sequence[re.Pattern[str]]) -> Iterator[None]:
    """A block in which some hosts are never blocked, in all threads: no others are."""
    global _allowed
    before, _allowed = _allowed, hosts
    try:
        yield
    finally:
        _allowed = before
