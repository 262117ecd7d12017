"""What no cassette sees is not sent either, while a cassette is only played."""

from collections.abc import Sequence

from harness.errors import ReplayMiss, UnknownCassette
from harness.hosts import is_allowed, is_this_machine
from harness.in_use import CassetteInUse, in_use

_CAUSE = "it is made with what no cassette sees: WebSockets, gRPC, a socket of some other library"


def check(hosts: Sequence[str], port: object) -> None:
    """Refuses other machines, where a cassette is only played.

    Raises:
        ReplayMiss: It is one.
    """
    use = _playing()
    if use is None or any(_is_reached(use, host, port) for host in hosts):
        return
    place = f"{hosts[0]}:{port}" if port else hosts[0]
    miss = ReplayMiss(
        use.path,
        f"a connection to {place}",
        cause=_CAUSE,
        nearest=None,
        fix=f'ignore_hosts=["{hosts[0]}"] lets it through',
    )
    raise use.session.missed(miss)


def _is_reached(use: CassetteInUse, host: str, port: object) -> bool:
    return is_this_machine(host) or is_allowed(host) or use.ignores_connection(host, port)


def _playing() -> CassetteInUse | None:
    """The cassette in use here, if it is only played."""
    try:
        use = in_use()
    except UnknownCassette:
        return None  # Names are looked up in threads that were told of none.
    return use if use is not None and use.session.only_plays else None
