"""What every termination condition promises."""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from itertools import combinations, pairwise
from typing import Generic, NamedTuple, TypeVar

from agentchat.base import TerminatedException, TerminationCondition
from agentchat.messages import BaseAgentEvent, BaseChatMessage, StopMessage
from harness.conformance._promises import Make, made, orderly, promise, raised_by, through_json

C = TypeVar("C", bound=TerminationCondition)
_Messages = Sequence[BaseAgentEvent | BaseChatMessage]


def _nothing(condition: TerminationCondition) -> None:
    """Most conditions need no preparation."""


async def check_condition(
    make: Make[C], story: _Messages, prepare: Callable[[C], None] = _nothing
) -> None:
    """Checks what every termination condition promises.

    Args:
        make: Makes conditions that have not been asked yet.
        story: A few messages and events, the last of which meets the condition.
        prepare: Is done to a condition before the story is told to it.

    Raises:
        AssertionError: A promise was broken; the message is that promise.
    """
    case = _Case(make, prepare, list(story))
    async with orderly("A termination condition"):
        reason = await _reason_of(case)
        # A reason may count the messages; when it comes must not depend on how they are batched.
        for batches in _batched(story):
            await _told(await case.prepared(), batches)
        for told in range(len(story)):
            await _check_state(case, told, reason)


class _Case(NamedTuple, Generic[C]):
    make: Make[C]
    prepare: Callable[[C], None]
    story: _Messages

    async def prepared(self) -> C:
        condition = await made(self.make)
        self.prepare(condition)
        return condition


async def _reason_of(case: _Case[C]) -> StopMessage | None:
    """Why a condition stops at the story's end."""
    condition = await case.prepared()
    told = deepcopy(case.story)
    stop = await _told(condition, _one_by_one(told))
    promise("The messages that a condition looks at are not changed", told == case.story, told)
    await _check_is_met(condition, stop)
    await condition.reset()
    promise("A condition that was reset is not met", not condition.terminated)
    case.prepare(condition)
    again = await _told(condition, _one_by_one(case.story))
    promise(
        "After a reset the same messages meet a condition for the same reason",
        _text(again) == _text(stop),
        (again, stop),
    )
    return stop


async def _check_is_met(condition: TerminationCondition, stop: StopMessage | None) -> None:
    promise(
        "A condition that is met gives its reason as a StopMessage",
        isinstance(stop, StopMessage) and stop.content and stop.source,
        stop,
    )
    for _ in range(2):
        error = await raised_by(condition([]))
        promise(
            "A condition that has been met raises TerminatedException until it is reset",
            isinstance(error, TerminatedException),
            error,
        )


async def _check_state(case: _Case[C], told: int, reason: StopMessage | None) -> None:
    one, other = await case.prepared(), await made(case.make)
    await _told(one, _one_by_one(case.story[:told]), is_whole=False)
    await other.load_state(through_json(await one.save_state(), "a condition"))
    stop = await _told(other, _one_by_one(case.story[told:]))
    promise(
        "A condition that loads a state goes on from there",
        _text(stop) == _text(reason),
        (case.story[:told], stop),
    )


async def _told(
    condition: TerminationCondition, batches: Sequence[_Messages], is_whole: bool = True
) -> StopMessage | None:
    """What the condition says to the last batch of its story; to no other may it say anything."""
    promise("A condition that has not been asked is not met", not condition.terminated)
    stop: StopMessage | None = None
    for number, batch in enumerate(batches, 1):
        stop = await condition(batch)
        is_end = is_whole and number == len(batches)
        promise(
            "A condition is met by the last message of its story, however many it is told at once",
            (stop is not None) == is_end,
            (batches, stop),
        )
        promise("`terminated` says whether it has been met", condition.terminated == is_end)
    return stop


def _one_by_one(story: _Messages) -> list[_Messages]:
    return [[message] for message in story]


def _batched(story: _Messages) -> Iterator[list[_Messages]]:
    """All ways to tell a story in consecutive parts."""
    for count in range(len(story)):
        for cuts in combinations(range(1, len(story)), count):
            yield [story[start:end] for start, end in pairwise((0, *cuts, len(story)))]


def _text(stop: StopMessage | None) -> tuple[str, str] | None:
    return None if stop is None else (stop.content, stop.source)
