"""Which interactions serve the call that the running code makes."""

from contextvars import ContextVar

from harness.session.lookup import Found

served: ContextVar[list[str] | None] = ContextVar("served", default=None)
"""Where the interactions that serve the current model call are noted, if anyone wants to know:
`guide/chat/hello.yaml#3`."""


def note(found: Found) -> None:
    """Notes an interaction."""
    noted = served.get()
    if noted is not None:
        noted.append(found.name)
