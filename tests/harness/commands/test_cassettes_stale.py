"""`harness stale`: which recordings the code has left behind, and what they cost."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from harness.cli import main
from harness.errors import UnreadableRun, UsageError
from harness.formats import load
from harness.journal import fingerprint
from harness.prices import price_table
from harness.script import Reply, Script
from harness.server import serving
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

PRICES = f"prices of {price_table()}"
STALE = f"""\
scenarios/story.py::poem
  model call 2 of 'poem' (agent 'critic', its call 1): a changed prompt
  interaction 2 (agent 'critic') differs at messages[0].content: ' harshly' was added in \
'Judge the poem harshly.'
  stale: cassettes/story/poem.yaml#2 critic#2 gpt-4o
  fix: harness run scenarios/story.py::poem --record-mode rewrite

to record again            requests  tokens  cost
cassettes/story/poem.yaml         1      25  $0.0001
In all: 1 request, 23 + 2 tokens, $0.0001 ({PRICES}), as it took when it was recorded.
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

    cost = r"1 request, 23 \+ 2 tokens, \$0\.0001 \(.+\), as it took when it was recorded"
    with pytest.raises(UsageError, match=rf"{cost}\. Record it again\?"):
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

    text = told("stale").text

    assert "cassettes/story/poem.yaml         0       0  unknown: it was never recorded" in text
    assert (
        "\nWhat 1 cassette misses was never recorded: its cost is unknown. "
        "Of what was renamed or moved, harness cassettes doctor tells more.\n"
    ) in text


def test_a_model_without_a_price_and_the_table_of_prices_are_named() -> None:
    write(STORY.replace("Judge the poem.", "Judge the poem harshly."))
    text = CASSETTE.read_text(encoding="utf-8").replace("gpt-4o", "our-own")
    CASSETTE.write_text(text, encoding="utf-8")

    assert "  unknown: no price is known of our-own\n" in told("stale").text
    assert document("stale")["prices"] == price_table()


def test_what_was_never_recorded_is_told_beside_the_sum_of_the_rest() -> None:
    left_by_pytest(
        replace(playback((1,), (MISS,)), cassette="cassettes/tests/new.yaml", fingerprint=""),
    )
    write(STORY.replace("Judge the poem.", "Judge the poem harshly."))

    assert (
        "as it took when it was recorded. What 1 cassette misses was never recorded: "
        "its cost is unknown."
    ) in told("stale").text


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


def left_by_pytest(*playbacks: Playback) -> None:
    left = Path(".pytest_cache/d/harness/playbacks.json")
    left.parent.mkdir(parents=True)
    write_playbacks(left, playbacks)


def test_what_pytest_has_left_is_taken_into_account_without_being_named() -> None:
    Path("scenarios/story.py").unlink()
    Path("scenarios/story.script.yaml").unlink()
    Path("scenarios").rmdir()
    left_by_pytest(playback(unplayed=(2,), misses=(MISS,)))

    staleness = document("stale")

    assert [each["owner"] for each in staleness["stale"]] == ["t.py::test"]
    assert staleness["cost"]["requests"] == 1


def test_without_scenarios_and_tests_it_is_told_where_evidence_comes_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    with pytest.raises(UsageError, match=r"no run of pytest has left.*\n  tests: +pytest, then"):
        told("stale")


def test_a_cassette_that_has_changed_since_the_tests_played_it_is_not_judged_by_that() -> None:
    outdated = replace(playback((1,), (MISS,)), fingerprint="another")
    write_playbacks(Path("run.json"), [outdated])

    (unrun,) = document("stale", "--playbacks", "run.json")["unrun"]

    assert unrun["why"] == f"{CASSETTE} has changed since it was played; play it again: pytest"


def test_what_another_test_still_plays_is_not_to_be_recorded_again() -> None:
    one, other = playback((1, 2), (MISS,)), replace(playback((2,), ()), owner="t.py::other")
    write_playbacks(Path("run.json"), [one, other])

    staleness = document("stale", "--playbacks", "run.json")

    assert [each["number"] for each in staleness["stale"][0]["interactions"]] == [2]
    assert (staleness["fresh"], staleness["cost"]["requests"]) == (0, 1)


TESTS = """
import openai, pytest

@pytest.mark.cassette("a place")
def test_asked():
    with openai.OpenAI(api_key="k", base_url="ENDPOINT") as client:
        for text in ("one", "two"):
            said = [{"role": "user", "content": text}]
            client.chat.completions.create(model="gpt-4o", messages=said)
"""


def test_tests_record_again_what_is_stale_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, file = Path("cassettes/a place.yaml"), Path("test_it.py")
    (tmp_path / "tested").mkdir()
    monkeypatch.chdir(tmp_path / "tested")
    # Who else has a plugin here would make each start slower.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "harness.pytest_plugin")
    Path("pytest.ini").touch()
    with serving(Script(replies=tuple(Reply(say=word) for word in "abc"))) as endpoint:
        file.write_text(TESTS.replace("ENDPOINT", endpoint), encoding="utf-8")
        assert run_pytest("--record-mode=once") == 0
        kept, gone = load(place).interactions
        file.write_text(file.read_text().replace("two", "three"), encoding="utf-8")
        assert run_pytest() == 1

        again = told("stale", "--rerecord", "--yes")

    assert again.code == 0, again.text
    first, second = load(place).interactions
    assert (first, second.request != gone.request) == (kept, True)
    assert told("stale") == Told(0, "1 cassette up to date, 0 stale.")


def run_pytest(*arguments: str) -> int:
    words = [sys.executable, "-m", "pytest", "-q", *arguments]
    return subprocess.run(words, capture_output=True, check=False).returncode
