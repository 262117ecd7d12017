"""What every team promises."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any

from agentchat.base import TaskResult, Team
from agentchat.messages import ModelClientStreamingChunkEvent
from harness.conformance._promises import Make, made, orderly, promise, raised_by, through_json
from harness.conformance._team_interrupted import (
    can_be_cancelled_at_any_item,
    can_be_cancelled_at_any_step,
    can_be_left_at_any_item,
)
from harness.conformance._team_runs import FURTHER_TASK, TASK, Item, check_works, story


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
    *shown, result = [item async for item in team.run_stream(task=TASK)]
    promise("The last item of a run, and no other, is its TaskResult", _is_the_end(shown, result))
    assert isinstance(result, TaskResult)
    promise("A TaskResult says why the team stopped", result.stop_reason)
    kept = [item for item in shown if not isinstance(item, ModelClientStreamingChunkEvent)]
    promise(
        "A TaskResult holds what was streamed, in that order, without chunks",
        list(map(id, kept)) == list(map(id, result.messages)),
        story(result.messages),
    )
    promise("A run shows its task first", story(shown)[0][1:] == ("user", TASK), story(shown))
    whole = await (await made(make)).run(task=TASK)
    promise("run and run_stream do the same", story(whole.messages) == story(kept), story(kept))


async def _may_leave_out_the_task(make: Make[Team]) -> None:
    shown = await (await made(make)).run(task=TASK)
    hidden = await (await made(make)).run(task=TASK, output_task_messages=False)
    promise(
        "Without output_task_messages a result lacks the task, and nothing else",
        story(hidden.messages) == story(shown.messages)[1:],
        story(hidden.messages),
    )


async def _refuses_what_is_no_task(make: Make[Team]) -> None:
    team = await made(make)
    for task in ([], ["words"], 7):
        wrong: Any = task
        error = await raised_by(team.run(task=wrong))
        promise(
            f"The task {wrong!r} is refused by ValueError", isinstance(error, ValueError), error
        )
    await check_works(team, "that has refused a task")


async def _runs_once_at_a_time(make: Make[Team]) -> None:
    team = await made(make)
    async with aclosing(team.run_stream(task=TASK)) as stream:
        await anext(stream)
        state = await team.save_state()
        attempts: list[tuple[str, Callable[[], Awaitable[object]], type[Exception]]] = [
            ("run", lambda: team.run(task=TASK), ValueError),
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
    first = await team.run(task=TASK)
    await team.reset()
    second = await team.run(task=TASK)
    promise(
        "After a reset a team does the same as at first",
        story(first.messages) == story(second.messages),
        story(second.messages),
    )


async def _goes_on_from_a_saved_state(make: Make[Team]) -> None:
    one, other = await made(make), await made(make)
    await one.run(task=TASK)
    await other.run(task=FURTHER_TASK)
    await other.load_state(through_json(await one.save_state(), "a team"))
    here, there = await one.run(task=FURTHER_TASK), await other.run(task=FURTHER_TASK)
    promise(
        "A team that loads a state goes on as the one would that saved it",
        story(here.messages) == story(there.messages),
        (story(here.messages), story(there.messages)),
    )


_CHECKS: Sequence[Callable[[Make[Team]], Awaitable[None]]] = (
    _streams_its_result,
    _may_leave_out_the_task,
    _refuses_what_is_no_task,
    _runs_once_at_a_time,
    _starts_afresh,
    _goes_on_from_a_saved_state,
    can_be_left_at_any_item,
    can_be_cancelled_at_any_item,
    can_be_cancelled_at_any_step,
)


def _is_the_end(before: Sequence[Item], last: Item) -> bool:
    return isinstance(last, TaskResult) and not any(isinstance(item, TaskResult) for item in before)
