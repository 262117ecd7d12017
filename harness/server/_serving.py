"""The endpoint, served while a block lasts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from harness.script import Script
from harness.server._answers import Answers
from harness.server._application import app_of
from harness.server._listening import LOOPBACK, listening
from harness.server._scripted import scripted
from harness.server._sessions import Sessions


class Endpoint(NamedTuple):
    """A server of sessions."""

    address: str
    """`http://127.0.0.1:8808`"""

    sessions: Sessions
    """What became of each, and its end."""

    @property
    def url(self) -> str:
        """The base URL for clients of OpenAI's API."""
        return f"{self.address}/v1"


@contextmanager
def serving(script: Script, port: int = 0) -> Iterator[str]:
    """Serves a script on the loopback interface while the block lasts, and gives the base URL.

    All who ask share its replies.

    Args:
        script: The replies.
        port: Where; 0 takes a free port.

    Raises:
        OSError: The port is taken.
    """
    answers = scripted(script)("")
    with serving_sessions(lambda _: answers, port) as endpoint:
        yield endpoint.url


@contextmanager
def serving_sessions(
    opened: Callable[[str], Answers], port: int = 0, host: str = LOOPBACK
) -> Iterator[Endpoint]:
    """Serves sessions that don't know of each other while the block lasts.

    A request belongs to the session that its header `x-harness-session` names, else its API key.

    Args:
        opened: Makes the answers of a session, by its name: `recorded(path)`, or
            `scripted(script)`.
        port: Where; 0 takes a free port.
        host: The address to listen at; by default no other machine can reach it.

    Raises:
        OSError: The port is taken, or there is no such address here.
    """
    sessions = Sessions(opened)
    with listening(app_of(sessions), port, host) as address:
        yield Endpoint(address, sessions)
