"""`harness stale`: which recordings the code has left behind, and what they cost."""

import sys
from pathlib import Path

import pytest

from harness.cli import main
from harness.errors import UnreadableRun, UsageError
from harness.formats import load
from harness.journal import fingerprint
from harness.upkeep import Missed, Playback, write_playbacks
from tests.harness.commands._running import (
    Told,
    document,
    told,
)

STORY = '''
"""A story."""
from agentchat.agents import AssistantAgent
from agentchat.teams import RoundRobinGroupChat
from harness import Run, scenario


@scenario(task="Write about snow.")
def poem(run: Run) -> RoundRobinGroupChat:
    """A poem is written and judged."""
    model = run.model("gpt-4o")
    writer = AssistantAgent("writer", model, system_message="Write a poem.")
    critic = AssistantAgent("critic", model, system_message="Judge the poem.")
    return RoundRobinGroupChat([writer, critic], max_turns=2)
'''
SCRIPT = """\
harness: script
version: 1
models: {gpt-4o: gpt-4o-2024-08-06}
replies:
- {say: "Snow falls.", if: {system: "Write a poem."}}
- {say: "Short.", if: {system: "Judge the poem."}}
- {say: "Rather short.", if: {system: "Judge the poem harshly."}}
"""
CASSETTE = Path("cassettes/story/poem.yaml")
MISS = Missed("model call 1", "a changed prompt", "")

STALE = """\
scenarios/story.py::poem
  model call 2 of 'poem' (agent 'critic', its call 1): a changed prompt
  interaction 2 (agent 'critic') differs at messages[0].content: ' harshly' was added in \
'Judge the poem harshly.'
  stale: cassettes/story/poem.yaml#2 critic#2 gpt-4o
  fix: harness run scenarios/story.py::poem --record-mode rewrite

to record again            requests  tokens  cost
cassettes/story/poem.yaml         1      25  $0.0001
In all: 1 request, 23 + 2 tokens, $0.0001, as it took when it was recorded.
0 cassettes up to date, 1 stale."""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "scenarios").mkdir()
    write(STORY)
    Path("scenarios/story.script.yaml").write_text(SCRIPT, encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["run", "--record-mode", "rewrite", "--no-report"])
    return tmp_path


def write(story: str) -> None:
    Path("scenarios/story.py").write_text(story, encoding="utf-8")
    # The next command would be a process of its own.
    sys.modules.pop("scenarios.story", None)


def playback(unplayed: tuple[int, ...], misses: tuple[Missed, ...]) -> Playback:
    name = fingerprint(load(CASSETTE))
    return Playback(CASSETTE.as_posix(), "t.py::test", "pytest", name, unplayed, misses)


def test_what_matches_is_not_stale() -> None:
    assert told("stale") == Told(0, "1 cassette up to date, 0 stale.")


def test_what_does_not_match_is_named_with_its_agent_and_its_price() -> None:
    write(STORY.replace("Judge the poem.", "Judge the poem harshly."))
    before = CASSETTE.read_bytes()

    assert told("stale") == Told(1, STALE)
    assert CASSETTE.read_bytes() == before


def test_only_what_is_stale_is_recorded_again() -> None:
    kept, gone = load(CASSETTE).interactions
    write(STORY.replace("Judge the poem.", "Judge the poem harshly."))

    again = told("stale", "--rerecord", "--yes")

    assert again.code == 0
    assert again.text.endswith("0 cassettes up to date, 1 stale, 1 recorded again.")
    first, second = load(CASSETTE).interactions
    assert first == kept
    assert second.request != gone.request
    assert told("stale") == Told(0, "1 cassette up to date, 0 stale.")


def test_recording_again_is_asked_for_first() -> None:
    write(STORY.replace("Judge the poem.", "Judge the poem harshly."))

    with pytest.raises(UsageError, match=r"took 1 request, 23 \+ 2 tokens, \$0\.0001\. Go on\?"):
        told("stale", "--rerecord")


def test_a_recording_that_fails_is_told_and_changes_nothing() -> None:
    write(STORY.replace("Judge the poem.", "Judge the poem harshly."))
    script = SCRIPT.replace('say: "Rather short."', "fail: {status: 500, message: down}")
    Path("scenarios/story.script.yaml").write_text(script, encoding="utf-8")
    before = CASSETTE.read_bytes()

    again = told("stale", "--rerecord", "--yes")

    assert again.code == 1
    assert "could not be judged: it was not recorded again: InternalServerError" in again.text
    assert CASSETTE.read_bytes() == before


def test_what_was_never_recorded_has_no_known_cost() -> None:
    CASSETTE.unlink()

    assert "cassettes/story/poem.yaml         0       0  unknown: it was never recorded" in (
        told("stale").text
    )


def test_a_scenario_that_fails_can_not_be_judged() -> None:
    write(STORY.replace("    model =", "    raise OSError('no pipe')\n    model ="))

    staleness = document("stale")

    assert staleness["unrun"] == [
        {
            "owner": "scenarios/story.py::poem",
            "why": "OSError: no pipe\nat scenarios/story.py:11 in poem",
        }
    ]


def test_a_cassette_that_can_not_be_read_does_not_keep_the_others_from_being_judged() -> None:
    CASSETTE.write_text("{", encoding="utf-8")

    (unrun,) = document("stale")["unrun"]

    assert unrun["why"].startswith(f"{CASSETTE.absolute()}:1:2: not JSON")


def test_a_test_run_may_bring_the_evidence() -> None:
    write_playbacks(Path("run.json"), [playback(unplayed=(1,), misses=(MISS,))])

    staleness = document("stale", "--playbacks", "run.json")

    assert staleness["stale"][0]["misses"] == [
        {"asked": "model call 1", "cause": "a changed prompt", "nearest": ""}
    ]
    assert [each["number"] for each in staleness["stale"][0]["interactions"]] == [1]
    assert staleness["cost"]["usd"] == "0.0000675"


def test_evidence_that_is_none_is_refused() -> None:
    Path("run.json").write_text('{"playbacks": [{}]}', encoding="utf-8")

    with pytest.raises(UnreadableRun, match=r"run.json: playbacks.0.cassette: Field required"):
        told("stale", "--playbacks", "run.json")
