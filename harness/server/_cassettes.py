"""Sessions that each play a cassette, whatever was recorded in it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from harness.formats import load
from harness.matching import KeyPart
from harness.server._answers import Answers
from harness.server._called import CalledAnswers, holds_only_calls
from harness.server._recorded import RecordedAnswers


def recorded(
    path: Path, *, pace: bool = False, key_parts: Sequence[KeyPart] = ()
) -> Callable[[str], Answers]:
    """Opens sessions that each play a cassette from its start.

    What went over HTTP is given as it came, see `RecordedAnswers`; where only calls of a model
    client were recorded, see `CalledAnswers`.

    Raises:
        UnreadableCassette: The file is missing or damaged.
        FutureCassette: It was written by a newer version.
    """
    # What is wrong with it is told now, and not to the first who asks.
    only_calls = holds_only_calls(load(path).interactions)
    kind = CalledAnswers if only_calls else RecordedAnswers
    return lambda name: kind(path, name, pace, key_parts)
