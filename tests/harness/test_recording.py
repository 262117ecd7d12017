"""From a script to a cassette, and from the cassette to the same trace again."""

from pathlib import Path

import pytest

from harness.discovery import load
from harness.errors import UsageError
from harness.run import Settings
from harness.runner import Trial, run_trial
from harness.session import RecordMode

STORY = '''
from pathlib import Path

from agentchat.core.models import UserMessage
from harness import Run, contains, last_message, scenario

@scenario(task="What is in there?", expect=[last_message(contains("Nothing"))])
async def looks(run: Run) -> str:
    """Somebody looks into a folder."""
    model = run.model("gpt-4o")
    question = UserMessage(content=f"What is in {run.workdir}?", source="user")
    first = await model.create([question])
    more = int(Path(__file__).with_name("more.txt").read_text())
    pieces = [piece async for piece in model.create_stream([question] * more)]
    return f"{first.content} {pieces[-1].content}"
'''

SDK_STORY = '''
from openai import AsyncOpenAI

from harness import Run, scenario

@scenario()
async def looks(run: Run) -> str:
    """Somebody looks into a folder, with the vendor's SDK."""
    client = AsyncOpenAI(http_client=run.http_client(), api_key=run.api_key, max_retries=0)
    asked = [{"role": "user", "content": f"What is in {run.workdir}?"}]
    answer = await client.chat.completions.create(model="gpt-4o", messages=asked)
    return answer.choices[0].message.content
'''

SCRIPT = """
harness: script
version: 1
replies:
  - say: Nothing is in there.
  - say: Still nothing.
"""


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def project(folder: Path, script: str | None = SCRIPT) -> Path:
    (folder / "pyproject.toml").touch()
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "story.py").write_text(STORY, encoding="utf-8")
    (folder / "scenarios" / "more.txt").write_text("2", encoding="utf-8")
    if script is not None:
        (folder / "scenarios" / "story.script.yaml").write_text(script, encoding="utf-8")
    return folder


def run(folder: Path, mode: RecordMode) -> Trial:
    [story] = load(folder / "scenarios" / "story.py")
    return run_trial(story, Settings(record_mode=mode))


def test_what_a_script_says_is_recorded_and_replayed(tmp_path: Path) -> None:
    folder = project(tmp_path)

    recorded = run(folder, RecordMode.REWRITE)
    replayed = run(folder, RecordMode.NONE)

    assert [call.origin for call in recorded.trace.model_calls()] == ["scripted", "scripted"]
    assert [call.origin for call in replayed.trace.model_calls()] == ["replayed", "replayed"]
    assert [call.interactions for call in replayed.trace.model_calls()] == [
        ("story/looks.yaml#1",),
        ("story/looks.yaml#2",),
    ]
    assert [each.text for each in recorded.trace.chat()] == [
        "What is in there?",
        "Nothing is in there. Still nothing.",
    ]
    assert replayed.trace.chat() == recorded.trace.chat()
    assert replayed.result.outcome == "passed"
    assert replayed.result.cassette == "cassettes/story/looks.yaml"
    assert replayed.result.unplayed == 0


def test_a_cassette_names_the_vendor_and_no_folder_of_this_machine(tmp_path: Path) -> None:
    folder = project(tmp_path)

    run(folder, RecordMode.ONCE)

    text = (folder / "cassettes" / "story" / "looks.yaml").read_text(encoding="utf-8")
    assert "url: https://api.openai.com/v1/chat/completions" in text
    assert "What is in <workdir>?" in text
    assert "origin: scripted" in text
    assert "127.0.0.1" not in text


def test_a_script_answers_for_another_address_too(tmp_path: Path) -> None:
    folder = project(tmp_path)
    file = folder / "scenarios" / "story.py"
    elsewhere = 'run.model("gpt-4o", base_url="https://models.example/any/path/")'
    file.write_text(STORY.replace('run.model("gpt-4o")', elsewhere), encoding="utf-8")

    recorded, replayed = run(folder, RecordMode.REWRITE), run(folder, RecordMode.NONE)

    text = (folder / "cassettes" / "story" / "looks.yaml").read_text(encoding="utf-8")
    assert "url: https://models.example/any/path/chat/completions" in text
    assert recorded.trace.chat() == replayed.trace.chat()


def test_an_sdk_is_recorded_and_replayed_through_the_runs_http_client(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "scenarios" / "story.py").write_text(SDK_STORY, encoding="utf-8")

    recorded, replayed = run(folder, RecordMode.REWRITE), run(folder, RecordMode.NONE)

    text = (folder / "cassettes" / "story" / "looks.yaml").read_text(encoding="utf-8")
    assert "url: https://api.openai.com/v1/chat/completions" in text
    assert [each.text for each in recorded.trace.chat()] == ["Nothing is in there."]
    assert replayed.trace.chat() == recorded.trace.chat()
    assert replayed.result.outcome == "passed"


def test_a_cassette_that_is_there_is_replayed_by_the_mode_once(tmp_path: Path) -> None:
    folder = project(tmp_path)
    run(folder, RecordMode.ONCE)
    (folder / "scenarios" / "story.script.yaml").unlink()

    again = run(folder, RecordMode.ONCE)

    assert [call.origin for call in again.trace.model_calls()] == ["replayed", "replayed"]


def test_only_what_is_new_is_asked_by_the_mode_new_episodes(tmp_path: Path) -> None:
    folder = project(tmp_path)
    run(folder, RecordMode.REWRITE)
    (folder / "scenarios" / "more.txt").write_text("3", encoding="utf-8")

    added = run(folder, RecordMode.NEW_EPISODES)

    assert [call.origin for call in added.trace.model_calls()] == ["replayed", "scripted"]


def test_a_missing_cassette_is_a_miss_with_the_command_that_records(tmp_path: Path) -> None:
    result = run(project(tmp_path), RecordMode.NONE).result

    assert result.outcome == "miss"
    assert result.failure is not None
    assert result.failure.text == (
        "No recorded reply for model call 1 of 'looks'.\n"
        "  cassette: cassettes/story/looks.yaml\n"
        "  cause:    the cassette is missing\n"
        "  fix:      harness run scenarios/story.py::looks --record-mode rewrite"
    )


def test_a_recording_that_fails_leaves_the_cassette_as_it_was(tmp_path: Path) -> None:
    folder = project(tmp_path)
    run(folder, RecordMode.REWRITE)
    before = (folder / "cassettes" / "story" / "looks.yaml").read_bytes()
    short = SCRIPT.replace("  - say: Still nothing.\n", "")
    (folder / "scenarios" / "story.script.yaml").write_text(short, encoding="utf-8")

    failed = run(folder, RecordMode.REWRITE)

    assert failed.result.outcome == "error"
    assert (folder / "cassettes" / "story" / "looks.yaml").read_bytes() == before


def test_without_key_and_script_nothing_is_recorded(tmp_path: Path) -> None:
    folder = project(tmp_path, script=None)

    with pytest.raises(UsageError, match="nobody would answer its model calls") as raised:
        run(folder, RecordMode.REWRITE)

    assert "set OPENAI_API_KEY" in str(raised.value)
    assert "scenarios/story.script.yaml" in str(raised.value)
