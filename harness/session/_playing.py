"""An exchange while it is played."""

from collections.abc import Callable
from typing import NamedTuple

from harness.errors import ReplayMiss
from harness.interactions import Response, Unanswered


class Playing(NamedTuple):
    """What is played for a request."""

    number: int
    """The interaction's number in the cassette, from 1."""

    response: Response | Unanswered
    """Where the recorded caller stopped, this one must stop too, or meets `beyond()`."""

    beyond: Callable[[], ReplayMiss]
    """Makes the miss of a caller that goes on where the recording ends."""
