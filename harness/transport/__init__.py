"""The transports that stand in for the network: they play from a cassette, or record into it."""

from typing import TYPE_CHECKING, Any

from harness.transport._exchanges import Exchanges
from harness.transport._httpx2 import CassetteTransport
from harness.transport._library import Library, library_of
from harness.transport._pace import Pace

if TYPE_CHECKING:
    from harness.transport._httpx import HttpxCassetteTransport

__all__ = [
    "CassetteTransport",
    "Exchanges",
    "HttpxCassetteTransport",
    "Library",
    "Pace",
    "library_of",
]


def __getattr__(name: str) -> Any:
    if name != "HttpxCassetteTransport":
        raise AttributeError(f"module 'harness.transport' has no attribute {name!r}")
    # httpx may not be there, and is not needed by anything else.
    from harness.transport._httpx import HttpxCassetteTransport

    return HttpxCassetteTransport
