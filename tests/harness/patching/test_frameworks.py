"""Other people's frameworks: recorded from a scripted endpoint, replayed when it is gone."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.script import Reply, Script
from harness.server import serving
from tests.frameworks import FRAMEWORKS, needs_frameworks

ROOT = Path(__file__).parents[3]
PROGRAMS = Path(__file__).parent / "frameworks"

ANSWERS = (Reply(say="It is 42."), Reply(say="It is 42."))
A_TOOL_THEN_AN_ANSWER = (Reply(call={"multiply": {"a": 6, "b": 7}}), Reply(say="It is 42."))


def run(python: str, program: str, url: str, cassette: Path, mode: str) -> dict[str, Any]:
    """What a program tells of its run, in an environment where no key and no proxy is set."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    command = [python, str(PROGRAMS / "run.py"), program, url, str(cassette), mode]
    done = subprocess.run(
        command, env=environment, cwd=cassette.parent, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    facts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return facts


def replayed(python: str, program: str, folder: Path, script: Script) -> tuple[Any, Any]:
    """What the program tells when it is recorded, and when it is replayed without an endpoint."""
    cassette = folder / "calls.yaml"
    with serving(script) as url:
        live = run(python, program, url, cassette, "once")
    return live, run(python, program, url, cassette, "none")


@pytest.mark.parametrize(
    ("program", "answer"),
    [
        ("openai_sdk", "It is 42. It is 42."),
        ("requests_library", "It is 42."),
        ("aiohttp_library", "It is 42."),
    ],
)
def test_a_library_is_replayed_offline(program: str, answer: str, tmp_path: Path) -> None:
    live, again = replayed(sys.executable, program, tmp_path, Script(replies=ANSWERS))

    assert live == {"answer": answer, "played": 0, "unplayed": 0}
    assert again == {"answer": answer, "played": 2, "unplayed": 0}


@needs_frameworks
def test_what_aws_clients_send_with_is_replayed_offline(tmp_path: Path) -> None:
    script = Script(replies=ANSWERS)

    live, again = replayed(str(FRAMEWORKS), "botocore_library", tmp_path, script)

    assert live == {"answer": "It is 42. It is 42.", "played": 0, "unplayed": 0}
    assert again == {"answer": "It is 42. It is 42.", "played": 2, "unplayed": 0}


@needs_frameworks
@pytest.mark.parametrize("program", ["langgraph_agent", "agents_sdk", "pydantic_ai_agent"])
def test_an_agent_of_another_framework_is_replayed_offline(program: str, tmp_path: Path) -> None:
    script = Script(replies=A_TOOL_THEN_AN_ANSWER)

    live, again = replayed(str(FRAMEWORKS), program, tmp_path, script)

    assert live == {"answer": "It is 42.", "played": 0, "unplayed": 0}
    assert again == {"answer": "It is 42.", "played": 2, "unplayed": 0}
