"""What every team promises."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from itertools import count
from typing import Any, Protocol

from agentchat.base import TaskResult, Team
from agentchat.core import CancellationToken
from agentchat.messages import BaseAgentEvent, BaseChatMessage, ModelClientStreamingChunkEvent
from harness.conformance._promises import Make, made, orderly, promise, raised_by, through_json

_TASK = "Say something about it."
_FURTHER_TASK = "Say something more."

_Item = BaseAgentEvent | BaseChatMessage | TaskResult


async def check_team(make: Make[Team]) -> None:
    """Checks what every team promises, by giving it the same few tasks over and over.

    Args:
        make: Makes teams that have not run yet. They take a text as a task, end each run by
            themselves within a few turns, and answer by what they have heard and nothing else.

    Raises:
        AssertionError: A promise was broken; the message is that promise.
    """
    for check in _CHECKS:
        async with orderly("A team"):
            await check(make)


async def _streams_its_result(make: Make[Team]) -> None:
    team = await made(make)
    *shown, result = [item async for item in team.run_stream(task=_TASK)]
    promise("The last item of a run, and no other, is its TaskResult", _is_the_end(shown, result))
    assert isinstance(result, TaskResult)
    promise("A TaskResult says why the team stopped", result.stop_reason)
    kept = [item for item in shown if not isinstance(item, ModelClientStreamingChunkEvent)]
    promise(
        "A TaskResult holds what was streamed, in that order, without chunks",
        list(map(id, kept)) == list(map(id, result.messages)),
        _story(result.messages),
    )
    promise("A run shows its task first", _story(shown)[0][1:] == ("user", _TASK), _story(shown))
    whole = await (await made(make)).run(task=_TASK)
    promise("run and run_stream do the same", _story(whole.messages) == _story(kept), _story(kept))


async def _may_leave_out_the_task(make: Make[Team]) -> None:
    shown = await (await made(make)).run(task=_TASK)
    hidden = await (await made(make)).run(task=_TASK, output_task_messages=False)
    promise(
        "Without output_task_messages a result lacks the task, and nothing else",
        _story(hidden.messages) == _story(shown.messages)[1:],
        _story(hidden.messages),
    )


async def _refuses_what_is_no_task(make: Make[Team]) -> None:
    team = await made(make)
    for task in ([], ["words"], 7):
        wrong: Any = task
        error = await raised_by(team.run(task=wrong))
        promise(
            f"The task {wrong!r} is refused by ValueError", isinstance(error, ValueError), error
        )
    await _check_works(team, "that has refused a task")


async def _runs_once_at_a_time(make: Make[Team]) -> None:
    team = await made(make)
    async with aclosing(team.run_stream(task=_TASK)) as stream:
        await anext(stream)
        state = await team.save_state()
        attempts: list[tuple[str, Callable[[], Awaitable[object]], type[Exception]]] = [
            ("run", lambda: team.run(task=_TASK), ValueError),
            ("reset", team.reset, RuntimeError),
            ("load_state", lambda: team.load_state(state), RuntimeError),
        ]
        for name, attempt, kind in attempts:
            error = await raised_by(attempt())
            promise(
                f"A running team refuses {name} by {kind.__name__}", isinstance(error, kind), error
            )
        rest = [item async for item in stream]
    promise("A run is not disturbed by what is refused meanwhile", _is_the_end(rest[:-1], rest[-1]))


async def _starts_afresh(make: Make[Team]) -> None:
    team = await made(make)
    first = await team.run(task=_TASK)
    await team.reset()
    second = await team.run(task=_TASK)
    promise(
        "After a reset a team does the same as at first",
        _story(first.messages) == _story(second.messages),
        _story(second.messages),
    )


async def _goes_on_from_a_saved_state(make: Make[Team]) -> None:
    one, other = await made(make), await made(make)
    await one.run(task=_TASK)
    await other.run(task=_FURTHER_TASK)
    await other.load_state(through_json(await one.save_state(), "a team"))
    here, there = await one.run(task=_FURTHER_TASK), await other.run(task=_FURTHER_TASK)
    promise(
        "A team that loads a state goes on as the one would that saved it",
        _story(here.messages) == _story(there.messages),
        (_story(here.messages), _story(there.messages)),
    )


async def _can_be_left_at_any_item(make: Make[Team]) -> None:
    for items in count(1):
        team = await made(make)
        async with orderly(f"A stream that is closed after {items} items"):
            stream = team.run_stream(task=_TASK)
            last = await _taken(stream, items)
            await stream.aclose()
        await _check_works(team, f"whose stream was closed after {items} items")
        if isinstance(last, TaskResult):
            return


async def _can_be_cancelled_at_any_item(make: Make[Team]) -> None:
    for items in count(1):
        team, token = await made(make), CancellationToken()
        async with orderly(f"A team that is cancelled after {items} items"):
            stream = team.run_stream(task=_TASK, cancellation_token=token)
            last = await _taken(stream, items)
            token.cancel()
            error = await raised_by(anext(stream))
        if isinstance(last, TaskResult):
            return
        promise(
            f"A run ends with CancelledError when its token is cancelled after {items} items",
            isinstance(error, asyncio.CancelledError),
            error,
        )
        await _check_works(team, f"that was cancelled after {items} items")


class _Interrupt(Protocol):
    def __call__(self, run: "asyncio.Task[TaskResult]", token: CancellationToken) -> object: ...


async def _can_be_cancelled_at_any_step(make: Make[Team]) -> None:
    interrupts: dict[str, _Interrupt] = {
        "token": lambda run, token: token.cancel(),
        "task": lambda run, token: run.cancel(),
    }
    for name, interrupt in interrupts.items():
        for steps in count():
            if not await _was_interrupted(make, steps, name, interrupt):
                break


async def _was_interrupted(make: Make[Team], steps: int, name: str, interrupt: _Interrupt) -> bool:
    """Whether a run was still going on when its token or task was cancelled."""
    team, token = await made(make), CancellationToken()
    what = f"whose {name} was cancelled at step {steps} of the event loop"
    async with orderly(f"A team {what}"):
        run = asyncio.ensure_future(team.run(task=_TASK, cancellation_token=token))
        for _ in range(steps):
            await asyncio.sleep(0)
        is_over = run.done()
        interrupt(run, token)
        await asyncio.wait([run])
    if is_over:
        return False
    promise(f"A run {what} ends with CancelledError", run.cancelled(), run)
    await _check_works(team, what)
    return True


_CHECKS: Sequence[Callable[[Make[Team]], Awaitable[None]]] = (
    _streams_its_result,
    _may_leave_out_the_task,
    _refuses_what_is_no_task,
    _runs_once_at_a_time,
    _starts_afresh,
    _goes_on_from_a_saved_state,
    _can_be_left_at_any_item,
    _can_be_cancelled_at_any_item,
    _can_be_cancelled_at_any_step,
)


async def _check_works(team: Team, what: str) -> None:
    """Makes sure that a team can still be given a task, saved and reset."""
    error = await raised_by(_tried(team))
    promise(f"A team {what} can go on", error is None, error)


async def _tried(team: Team) -> None:
    await team.run(task=_FURTHER_TASK)
    await team.load_state(await team.save_state())
    await team.reset()
    await team.run(task=_TASK)


async def _taken(stream: Any, items: int) -> _Item:
    for _ in range(items):
        item: _Item = await anext(stream)
        if isinstance(item, TaskResult):
            break
    return item


def _is_the_end(before: Sequence[_Item], last: _Item) -> bool:
    return isinstance(last, TaskResult) and not any(isinstance(item, TaskResult) for item in before)


def _story(items: Sequence[_Item]) -> list[tuple[str, str, str]]:
    """What was said and done, ids and times aside."""
    return [
        (type(item).__name__, item.source, item.to_text())
        for item in items
        if not isinstance(item, TaskResult)
    ]
