"""Where Python is about to connect to, as it is told to those who watch."""

import socket
import sys
from collections.abc import Sequence
from types import ModuleType

import pytest

from harness.network import watched

ADDRESS = "203.0.113.1"  # Kept for documentation: nobody is there.


class Refused(Exception):
    pass


class Watch:
    """Notes what it is told, and lets nothing through."""

    def __init__(self) -> None:
        self.told: list[tuple[Sequence[str], object]] = []

    def __call__(self, hosts: Sequence[str], port: object) -> None:
        self.told.append((hosts, port))
        raise Refused


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """All names stand for one address."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ADDRESS, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


def send(host: str) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as plain:
        plain.sendto(b"", (host, 53))


@pytest.mark.usefixtures("names")
def test_an_address_is_told_by_the_name_that_it_was_found_by() -> None:
    watch = Watch()

    with watched(watch):
        socket.getaddrinfo(b"model.invalid", 443)
        socket.getaddrinfo(ADDRESS, 443)
        with pytest.raises(Refused):
            send(ADDRESS)

    assert watch.told == [(("model.invalid", ADDRESS), 53)]


def test_of_several_the_first_one_is_told_first() -> None:
    first, second = Watch(), Watch()

    with watched(first), watched(second), pytest.raises(Refused):
        send(ADDRESS)

    assert ([port for _, port in first.told], second.told) == ([53], [])


def test_who_has_left_is_told_nothing_however_they_leave() -> None:
    first, second = Watch(), Watch()
    outer, inner = watched(first), watched(second)

    outer.__enter__()
    inner.__enter__()
    outer.__exit__(None, None, None)
    with pytest.raises(Refused):
        send(ADDRESS)
    inner.__exit__(None, None, None)
    socket.gethostbyname("localhost")

    assert (first.told, len(second.told)) == ([], 1)


@pytest.mark.parametrize("name", ["curl_cffi", "grpc._channel", "pycurl", "uvloop"])
def test_a_stand_in_for_a_library_is_in_nobodys_way(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, name, ModuleType(name))

    with watched(Watch()), pytest.raises(Refused):
        send(ADDRESS)


def test_a_patch_that_is_put_on_meanwhile_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    def theirs(*_: object) -> list[object]:
        return []

    with watched(Watch()):
        monkeypatch.setattr(socket, "getaddrinfo", theirs)

    assert socket.getaddrinfo is theirs
