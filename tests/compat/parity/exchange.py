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
from tests.compat.parity.programs.team_state import TEAMS


async def continued(state_by_team: dict[str, Any]) -> dict[str, list[str]]:
    """What teams of the kinds of `team_state` say when they go on from the states."""
    said = {}
    for name, state in state_by_team.items():
        team = TEAMS[name]()
        await team.load_state(state)
        said[name] = [_line(described(item)) async for item in team.run_stream()]
    return said


def _line(item: dict[str, Any]) -> str:
    if item["class"] == "TaskResult":
        return f"stopped: {item['stop_reason']}"
    return f"{item['source']}: {item['to_text']}"


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
