"""Why a request is not in the cassette, in words: the news that a person gets first."""

from collections.abc import Sequence
from typing import NamedTuple

from harness.interactions import Interaction, Request
from harness.matching import Difference, Matcher, first_difference, nearest

# Requests that share fewer words than this are about something else.
_LEAST_LIKENESS = 0.25


class Explanation(NamedTuple):
    """What a miss says."""

    cause: str
    nearest: str | None = None


def unlike(
    asked: Request,
    agent: str,
    recorded: Sequence[Interaction],
    left: Sequence[int],
    matcher: Matcher | None = None,
) -> Explanation:
    """How a request differs from the nearest recorded one.

    Args:
        asked: The request.
        agent: Who asks.
        recorded: The cassette's interactions, at least one.
        left: Numbers of those that were not played, from 0; the nearest is among them, if any.
        matcher: Says what counts.
    """
    numbers = left or range(len(recorded))
    same_agent = {
        place for place, number in enumerate(numbers) if agent and recorded[number].agent == agent
    }
    known = {each.agent for each in recorded if each.agent} if agent else set()
    near = nearest(asked, [recorded[number].request for number in numbers], same_agent)
    number = numbers[near.position]
    difference = first_difference(recorded[number].request, asked, matcher)
    if not left:
        cause = "an extra call: all that was recorded is played already"
    elif near.likeness < _LEAST_LIKENESS:
        cause = "an extra call: nothing like it is recorded"
    elif known and agent not in known:
        cause = f"a new agent: nothing of {agent!r} is recorded"
    elif known and not same_agent:
        cause = f"an extra call: all that was recorded of {agent!r} is played already"
    else:
        cause = difference.cause if difference else "a changed spelling"
    return Explanation(cause, _described(number, recorded[number], difference))


def repeated(numbers: Sequence[int]) -> Explanation:
    """The request was recorded, with these numbers, and played as often as it was recorded."""
    times = "once" if len(numbers) == 1 else f"{len(numbers)} times"
    return Explanation(
        f"an extra call: this very request was recorded {times}, and is played already",
        f"interaction {numbers[-1]} is the same request",
    )


def kept_for_others(recorded: Sequence[Interaction], left: Sequence[int]) -> Explanation:
    """Equal requests are left, but for agents that may still ask for their answers."""
    agents = ", ".join(dict.fromkeys(repr(recorded[number].agent) for number in left))
    return Explanation(
        f"an extra call: what is left of this very request was recorded for {agents}",
        f"interaction {left[0] + 1} is the same request",
    )


def out_of_order(recorded: Sequence[Interaction], found: int, expected: int) -> Explanation:
    """The request is recorded, and another one was expected before it."""
    difference = first_difference(recorded[expected].request, recorded[found].request)
    return Explanation(
        f"out of order: this is interaction {found + 1}, and interaction {expected + 1} was "
        "expected next",
        _described(expected, recorded[expected], difference),
    )


def _described(number: int, nearest: Interaction, difference: Difference | None) -> str:
    who = f" (agent {nearest.agent!r})" if nearest.agent else ""
    if difference is None:
        return f"interaction {number + 1}{who}, which differs in its bytes alone"
    others = f"; {', '.join(difference.others)} changed too" if difference.others else ""
    return f"interaction {number + 1}{who} differs at {difference.path}: {difference.words}{others}"
