"""Where Python is about to connect to, as it is told to those who watch."""

import socket
import sys
from collections.abc import Sequence
from types import ModuleType, SimpleNamespace

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


def test_whoever_puts_back_how_modules_are_found_is_in_nobodys_way() -> None:
    before = list(sys.meta_path)

    with watched(Watch()):
        sys.meta_path[:] = before

    assert sys.meta_path == before


@pytest.mark.parametrize(
    ("target", "place"),
    [
        ("dns:///model.invalid:443", ("model.invalid", 443)),
        (f"ipv4:{ADDRESS}:443,{ADDRESS}:8443", (f"{ADDRESS}:443,{ADDRESS}:8443", None)),
        ("ipv6:[2001:db8::1]:443", ("2001:db8::1", 443)),
        ("ipv6:2001:db8::1", ("2001:db8::1", None)),
        ("model.invalid:https", ("model.invalid:https", None)),
    ],
)
def test_a_target_of_grpc_is_told_however_it_is_written(
    target: str, place: tuple[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    class CallMultiCallable:
        _channel = SimpleNamespace(target=lambda: target.encode())

        def __call__(self) -> None:
            raise AssertionError

    watch, module = Watch(), ModuleType("grpc._channel")
    monkeypatch.setattr(module, "CallMultiCallable", CallMultiCallable, raising=False)
    monkeypatch.setitem(sys.modules, "grpc._channel", module)

    with watched(watch), pytest.raises(Refused):
        CallMultiCallable()()

    assert watch.told == [((place[0],), place[1])]


def test_a_patch_that_is_put_on_meanwhile_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    def theirs(*_: object) -> list[object]:
        return []

    with watched(Watch()):
        monkeypatch.setattr(socket, "getaddrinfo", theirs)

    assert socket.getaddrinfo is theirs
