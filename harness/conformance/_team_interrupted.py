"""What every team promises when it is interrupted, wherever it is."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from itertools import count

from agentchat.base import TaskResult, Team
from agentchat.core import CancellationToken
from harness.conformance._promises import Make, made, orderly, promise, raised_by
from harness.conformance._team_runs import TASK, Item, check_works, story

_Run = asyncio.Task[TaskResult]


async def can_be_left_at_any_item(make: Make[Team]) -> None:
    """Closes streams after the first item, the second, and so on."""
    for items in count(1):
        team = await made(make)
        what = f"whose stream was closed after {items} items"
        async with orderly(f"A team {what}"):
            stream = team.run_stream(task=TASK)
            last = await _taken(stream, items)
            await stream.aclose()
        await check_works(team, what)
        if isinstance(last, TaskResult):
            return


async def can_be_cancelled_at_any_item(make: Make[Team]) -> None:
    """Cancels tokens after the first item, the second, and so on."""
    for items in count(1):
        team, token = await made(make), CancellationToken()
        what = f"whose token was cancelled after {items} items"
        async with orderly(f"A team {what}"):
            stream = team.run_stream(task=TASK, cancellation_token=token)
            await _taken(stream, items)
            token.cancel()
            rest: list[Item] = []
            error = await raised_by(_poured(stream, rest))
        await check_works(team, what)
        if error is None and not rest[:-1]:
            return  # Nothing was left to do.
        promise(
            f"The stream of a team {what} ends with CancelledError, and nothing more is shown",
            isinstance(error, asyncio.CancelledError) and not rest,
            error or rest,
        )


async def can_be_cancelled_at_any_step(make: Make[Team]) -> None:
    """Cancels tokens, and tasks that run a team, in the middle of whatever is awaited."""
    whole = await (await made(make)).run(task=TASK)
    cancelling: dict[str, Callable[[_Run, CancellationToken], object]] = {
        "token": lambda run, token: token.cancel(),
        "task": lambda run, token: run.cancel(),
    }
    for name, cancel in cancelling.items():
        for steps in count():
            team, token = await made(make), CancellationToken()
            what = f"whose {name} was cancelled at step {steps} of the event loop"
            async with orderly(f"A team {what}"):
                run = asyncio.ensure_future(team.run(task=TASK, cancellation_token=token))
                is_over = await _is_over(run, steps)
                cancel(run, token)
                await asyncio.wait([run])
            if is_over:
                break
            promise(
                f"The run of a team {what} ends with CancelledError, or has come to its end",
                run.cancelled() or story(run.result().messages) == story(whole.messages),
                run,
            )
            await check_works(team, what)


async def _poured(stream: AsyncGenerator[Item, None], items: list[Item]) -> None:
    async for item in stream:
        items.append(item)


async def _is_over(run: _Run, steps: int) -> bool:
    """Whether a run is over after so many steps of the event loop."""
    for _ in range(steps):
        await asyncio.sleep(0)
    return run.done()


async def _taken(stream: AsyncGenerator[Item, None], items: int) -> Item:
    """The last of so many items, or the stream's last."""
    for _ in range(items):
        item = await anext(stream)
        if isinstance(item, TaskResult):
            break
    return item
