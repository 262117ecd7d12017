"""Runs of a team under test, and what is left of them when ids and times are put aside."""

from collections.abc import Sequence

from agentchat.base import TaskResult, Team
from agentchat.messages import BaseAgentEvent, BaseChatMessage
from harness.conformance._promises import promise, raised_by

TASK = "Say something about it."
FURTHER_TASK = "Say something more."

Item = BaseAgentEvent | BaseChatMessage | TaskResult


def story(items: Sequence[Item]) -> list[tuple[str, str, str]]:
    """What was said and done: the kinds, sources and texts of messages and events."""
    return [
        (type(item).__name__, item.source, item.to_text())
        for item in items
        if not isinstance(item, TaskResult)
    ]


async def check_works(team: Team, what: str) -> None:
    """Makes sure that a team can still be given a task, saved, loaded and reset.

    Args:
        team: Has been through something.
        what: That, as a relative clause.
    """
    error = await raised_by(_tried(team))
    promise(f"A team {what} can go on", error is None, error)


async def _tried(team: Team) -> None:
    await team.run(task=FURTHER_TASK)
    await team.load_state(await team.save_state())
    await team.reset()
