"""A key that passes through a recording, in a header, a request and a streamed reply."""

import base64
import subprocess
import sys
from pathlib import Path

import pytest

KEY = "sk-proj-" + "Zq7w" * 10

STORY = f'''
"""A story in which a key is said aloud."""

from agentchat.agents import AssistantAgent
from harness import Run, scenario


@scenario(task="My key is {KEY}, say it back.")
def leaky(run: Run) -> AssistantAgent:
    client = run.model("gpt-4o", default_headers={{"x-api-key": "{KEY}"}})
    return AssistantAgent("parrot", client, model_client_stream=True)
'''

SCRIPT = f"""
harness: script
version: 1
models: {{gpt-4o: gpt-4o-2024-08-06}}
replies:
  - say: You said {KEY[:12]} {KEY} and that is all.
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    stories = tmp_path / "scenarios"
    stories.mkdir()
    (stories / "story.py").write_text(STORY, encoding="utf-8")
    (stories / "story.script.yaml").write_text(SCRIPT, encoding="utf-8")
    return tmp_path


def ran(project: Path, *options: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "harness", "run", "--out", "run", *options],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files_with(project: Path, secret: bytes, *folders: str) -> list[str]:
    return [
        file.relative_to(project).as_posix()
        for folder in folders
        for file in sorted((project / folder).rglob("*"))
        if file.is_file() and secret in file.read_bytes()
    ]


@pytest.mark.parametrize(
    "secret", [KEY.encode(), base64.b64encode(KEY.encode())], ids=["plain", "base64"]
)
def test_it_is_in_no_cassette_and_in_no_file_of_the_run(project: Path, secret: bytes) -> None:
    ran(project, "--record-mode", "rewrite")

    assert (project / "cassettes" / "story" / "leaky.yaml").exists()
    assert files_with(project, secret, "cassettes", "run") == []


def test_the_redacted_recording_is_played_by_the_same_story(project: Path) -> None:
    ran(project, "--record-mode", "rewrite")

    assert "1 passed" in ran(project)
