"""What the commands share that serve until they are stopped."""

import ipaddress
import signal
import threading
from contextlib import AbstractContextManager, ExitStack
from typing import Annotated, TypeVar

import typer

from harness.errors import UsageError, explained

T = TypeVar("T")

Port = Annotated[int, typer.Option(help="Where to listen; 0 takes a free port.", min=0, max=65535)]
Host = Annotated[str, typer.Option(help="The address to listen at.")]
AllowRemote = Annotated[
    bool, typer.Option("--allow-remote", help="Let --host be one that other machines can reach.")
]
KeyParts = Annotated[
    list[str] | None,
    typer.Option("--key-part", help="What counts when requests are compared: 'ignore:/seed'."),
]


def refuse_remote(host: str, allow_remote: bool) -> None:
    """Refuses an address that other machines can reach, unless that is wanted.

    Raises:
        UsageError: It is one, or no address at all.
    """
    try:
        is_local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError as error:
        raise UsageError(f"--host takes an address such as 127.0.0.1, and not {host!r}.") from error
    if not is_local and not allow_remote:
        raise UsageError(
            explained(
                f"At {host} other machines could reach the server, and it asks for no password.",
                fix="leave --host out, or add --allow-remote",
            )
        )


def opened_at(host: str, port: int, resources: ExitStack, server: AbstractContextManager[T]) -> T:
    """Starts a server, until the resources are closed.

    Raises:
        UsageError: It can't listen at this address.
    """
    try:
        return resources.enter_context(server)
    except OSError as error:
        raise UsageError(
            explained(
                f"{host}:{port} can't be listened at: {error.strerror or error}.",
                fix="--port 0 takes a free port",
            )
        ) from error


def stop_asked_for() -> threading.Event:
    """Is set by Ctrl+C, and when the process is told to end; neither breaks anything off then."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    return stopped
