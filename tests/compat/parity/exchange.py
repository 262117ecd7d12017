"""States and configurations that one has written and the other reads.

Run as a module it reads a document from standard input, and prints what became of it.
"""

import asyncio
import json
import sys
from functools import partial
from typing import Any

from agentchat.core import ComponentLoader
from tests.compat.parity.observation import attempt, described, trusting
from tests.compat.parity.programs import team_state, team_state_further
from tests.compat.parity.programs.team_state_further import TASKS

TEAMS = {**team_state.TEAMS, **team_state_further.TEAMS}


async def continued(state_by_team: dict[str, Any]) -> dict[str, list[str]]:
    """What teams of these kinds say when they go on from the states."""
    said = {}
    for name, state in state_by_team.items():
        team = TEAMS[name]()
        await team.load_state(state)
        stream = team.run_stream(task=TASKS.get(name))
        said[name] = [line(described(item)) async for item in stream]
    return said


def line(item: dict[str, Any]) -> str:
    """Who says what; the prompt of a team's leader is our own, and left out."""
    if item["class"] == "TaskResult":
        return f"stopped: {item['stop_reason']}"
    text = item["to_text"]
    return f"{item['source']}: {'its ledger' if 'FACTS' in text else text}"


def loaded(configurations: list[Any]) -> list[Any]:
    """The components that the configurations describe, or why there is none."""
    with trusting("autogen_core.tools.FunctionTool"):
        return [
            attempt(partial(ComponentLoader.load_component, each, object))
            for each in configurations
        ]


if __name__ == "__main__":
    document = json.load(sys.stdin)
    answer = {
        "states": asyncio.run(continued(document["states"])),
        "loaded": [
            each if isinstance(each, dict) else type(each).__name__
            for each in loaded(document["configurations"])
        ],
    }
    print(json.dumps(answer))
