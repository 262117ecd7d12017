"""Why a request is not in the cassette, in words: the news that a person gets first."""

from collections.abc import Sequence
from typing import NamedTuple

from harness.cassette import Interaction, Request
from harness.matching import Difference, first_difference, likeness, words_of

# Requests that share fewer words than this are about something else.
_LEAST_LIKENESS = 0.25
_SAME_AGENT = 0.05


class Explanation(NamedTuple):
    """What a miss says."""

    cause: str
    nearest: str | None = None


def unlike(
    asked: Request, agent: str, recorded: Sequence[Interaction], left: Sequence[int]
) -> Explanation:
    """How a request differs from the nearest recorded one.

    Args:
        asked: The request.
        agent: Who asks.
        recorded: The cassette's interactions, at least one.
        left: Numbers of those that were not played, from 0; the nearest is among them, if any.
    """
    likenesses = _likenesses(asked, agent, recorded, left or range(len(recorded)))
    number = max(likenesses, key=lambda number: (likenesses[number], -number))
    nearest = recorded[number]
    difference = first_difference(nearest.request, asked)
    if not left:
        cause = "an extra call: all that was recorded is played already"
    elif likenesses[number] < _LEAST_LIKENESS:
        cause = "an extra call: nothing like it is recorded"
    else:
        cause = difference.cause if difference else "a changed spelling"
    return Explanation(cause, _described(number, nearest, difference))


def repeated(digests: Sequence[str], digest: str) -> Explanation:
    """The request was recorded, and played as often as it was recorded."""
    numbers = [number for number, each in enumerate(digests, start=1) if each == digest]
    times = "once" if len(numbers) == 1 else f"{len(numbers)} times"
    return Explanation(
        f"an extra call: this very request was recorded {times}, and is played already",
        f"interaction {numbers[-1]} is the same request",
    )


def _likenesses(
    asked: Request, agent: str, recorded: Sequence[Interaction], numbers: Sequence[int]
) -> dict[int, float]:
    words = words_of(asked)
    return {
        number: likeness(words, words_of(recorded[number].request))
        + (_SAME_AGENT if agent and recorded[number].agent == agent else 0)
        for number in numbers
    }


def _described(number: int, nearest: Interaction, difference: Difference | None) -> str:
    who = f" (agent {nearest.agent!r})" if nearest.agent else ""
    if difference is None:
        return f"interaction {number + 1}{who}, which differs in its bytes alone"
    others = f"; {', '.join(difference.others)} changed too" if difference.others else ""
    return f"interaction {number + 1}{who} differs at {difference.path}: {difference.words}{others}"
