"""What AutoGen has saved goes on here, and what is saved here goes on there."""

import asyncio
import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agentchat._upstream import upstream_name
from tests.benchmarks.peer import autogen_python
from tests.compat.parity.exchange import TEAMS, continued, line, loaded
from tests.compat.parity.observation import component, plain, steady
from tests.compat.parity.record import EXPECTED, translated

WITH_CONFIGURATIONS = (
    "agent_components",
    "core_parts",
    "nested_teams",
    "people",
    "team_components",
    "vendor_components",
)
ADDED_HERE = {"strict", "agents_only"}
"""Options that AutoGen leaves out of a configuration, or has not."""


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients need a key to be made; configurations do not hold it."""
    for vendor in ("OPENAI", "AZURE_OPENAI", "ANTHROPIC"):
        monkeypatch.setenv(f"{vendor}_API_KEY", "sk-none")


def recorded(program: str) -> Any:
    """What AutoGen printed; times in it are some time."""
    text = (EXPECTED / f"{program}.json").read_text(encoding="utf-8")
    return json.loads(text.replace("<time>", "2025-01-01T00:00:00Z"))


def configurations() -> list[Any]:
    return [each for name in WITH_CONFIGURATIONS for each in _components_in(recorded(name))]


def _components_in(value: Any) -> Iterator[Any]:
    if isinstance(value, dict) and value.keys() >= {"provider", "config"}:
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _components_in(each)


def without_additions(value: Any) -> Any:
    if isinstance(value, list):
        return [without_additions(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {key: without_additions(each) for key, each in value.items() if key not in ADDED_HERE}


def named_upstream(value: Any) -> Any:
    """The configuration with AutoGen's names of its classes."""
    if isinstance(value, list):
        return [named_upstream(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: upstream_name(each) if key == "provider" else named_upstream(each)
        for key, each in value.items()
    }


def added_only(theirs: Any, ours: Any) -> bool:
    """Whether all that is in theirs is in ours; a dict may have more."""
    if isinstance(theirs, dict):
        return all(key in ours and added_only(each, ours[key]) for key, each in theirs.items())
    if isinstance(theirs, list):
        return len(theirs) == len(ours) and all(map(added_only, theirs, ours))
    return bool(theirs == ours)


def under_autogen(document: Any) -> Any:
    """What AutoGen makes of states and configurations."""
    python = autogen_python()
    if python is None:
        pytest.skip("AUTOGEN_PYTHON names no interpreter that has AutoGen 0.7.5")
    with tempfile.TemporaryDirectory() as folder:
        translated(Path(folder))
        done = subprocess.run(
            [python, "-W", "ignore", "-m", "tests.compat.parity.exchange"],
            cwd=folder,
            input=json.dumps(document),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


async def states_saved_here() -> dict[str, Any]:
    teams = {name: make() for name, make in TEAMS.items()}
    for team in teams.values():
        await team.run(task="go")
    return {name: await team.save_state() for name, team in teams.items()}


def test_configurations_of_forty_kinds_are_exchanged() -> None:
    kinds = {each["provider"] for each in configurations()}

    assert len(kinds) >= 40, sorted(kinds)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_configuration_that_autogen_wrote_is_written_again_the_same() -> None:
    theirs = configurations()

    again = [component(each) for each in loaded(named_upstream(theirs))]

    assert without_additions(again) == without_additions(theirs)


def saved_by_autogen() -> dict[str, Any]:
    """What AutoGen saw of each team: its state, and how it went on from there."""
    return recorded("team_state")["teams"] | recorded("team_state_further")


@pytest.mark.parametrize("team", TEAMS)
async def test_a_team_goes_on_from_a_state_that_autogen_saved_as_autogen_does(team: str) -> None:
    seen = saved_by_autogen()[team]

    said = await continued({team: seen["state"]})

    assert said[team] == [line(item) for item in seen["going_on"]]


@pytest.mark.parametrize("team", TEAMS)
async def test_a_state_that_autogen_saved_is_saved_again_the_same(team: str) -> None:
    theirs = saved_by_autogen()[team]["state"]
    loaded_team = TEAMS[team]()

    await loaded_team.load_state(theirs)

    assert added_only(steady(theirs), steady(plain(await loaded_team.save_state())))


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_autogen_goes_on_from_what_was_saved_here() -> None:
    states = asyncio.run(states_saved_here())
    theirs = configurations()
    ours = [component(each) for each in loaded(theirs)]

    answer = under_autogen({"states": states, "configurations": named_upstream([*theirs, *ours])})

    went_on = asyncio.run(continued(states))
    # AutoGen leaves a loop that it resumes: it has forgotten which branches were open.
    assert answer["states"].pop("graph_with_a_loop")[:-1] == went_on.pop("graph_with_a_loop")[:-1]
    assert answer["states"] == went_on
    assert answer["loaded"][: len(theirs)] == answer["loaded"][len(theirs) :]
