from pathlib import Path

import pytest

from harness.discovery import discover
from harness.errors import UsageError, WorkerDied
from harness.run import Settings
from harness.scenario import Scenario
from harness.session import RecordMode
from harness.workers import run_all

STORY = """
import os
from harness import Run, scenario

def numbered(number):
    @scenario(name=f"story_{number}")
    async def tells(run: Run) -> str:
        print(f"printed by {number}")
        return f"I am {number}"
    return tells

story_0, story_1, story_2 = map(numbered, range(3))

@scenario()
async def asks(run: Run) -> str:
    return (await run.model("gpt-4o").create([])).content

@scenario()
async def dies(run: Run) -> str:
    os._exit(1)
"""


def stories(folder: Path, *names: str) -> list[Scenario]:
    (folder / "pyproject.toml").touch()
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "story.py").write_text(STORY, encoding="utf-8")
    found = {each.name: each for each in discover([folder / "scenarios"])}
    return [found[name] for name in names]


@pytest.mark.parametrize("workers", [1, 2])
def test_trials_come_in_the_order_of_the_scenarios(tmp_path: Path, workers: int) -> None:
    chosen = stories(tmp_path, "story_2", "story_0", "story_1")

    trials = list(run_all(chosen, Settings(), workers))

    assert [trial.trace.chat()[0].text for trial in trials] == ["I am 2", "I am 0", "I am 1"]
    assert [trial.printed for trial in trials] == [
        "printed by 2\n",
        "printed by 0\n",
        "printed by 1\n",
    ]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_scenario_that_can_not_be_run_as_asked_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    chosen = stories(tmp_path, "story_0", "asks")

    with pytest.raises(UsageError, match="nobody would answer its model calls"):
        list(run_all(chosen, Settings(record_mode=RecordMode.REWRITE), workers))


def test_a_worker_that_dies_is_told(tmp_path: Path) -> None:
    chosen = stories(tmp_path, "dies", "story_0")

    with pytest.raises(WorkerDied, match="A worker process ended without an answer"):
        list(run_all(chosen, Settings(), workers=2))
