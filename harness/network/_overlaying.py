"""An attribute that has another value for a while, unless somebody has put a third one on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_INHERITED = object()


@contextmanager
def overlaid(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Gives a class's or module's attribute another value while the block lasts.

    What somebody else puts on it meanwhile stays: they may want it for longer.
    """
    before = vars(owner).get(name, _INHERITED)
    setattr(owner, name, value)
    try:
        yield
    finally:
        if vars(owner).get(name) is value:
            delattr(owner, name)
            if before is not _INHERITED:
                setattr(owner, name, before)
