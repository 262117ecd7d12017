"""Other people's frameworks: recorded from an endpoint, replayed when it and all others are gone.

Each program has a tool called and an answer given, both streamed where the library can.
"""

import json
import os
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from harness.script import Reply, Script
from harness.server import serving
from tests.frameworks import FRAMEWORKS, FRAMEWORKS_OF_OPENAI_2, needs_frameworks
from tests.harness.patching.vendors import vendors

HERE = Path(sys.executable)
ROOT = Path(__file__).parents[3]
PROGRAMS = Path(__file__).parent / "frameworks"
SCRIPT = Script(replies=(Reply(call={"multiply": {"a": 6, "b": 7}}), Reply(say="It is 42.")))

RECORDED, CHANGED = "What is 6 * 7?", "What is 6 * 7, please?"
LIVE = {"said": "It is 42.", "played": 0, "unplayed": 0, "misses": []}
REPLAYED = {"said": "It is 42.", "played": 2, "unplayed": 0, "misses": []}
MISSED = {"said": None, "played": 0, "unplayed": 2, "misses": ["a changed prompt"]}


def told(python: Path, *arguments: object) -> list[dict[str, Any]]:
    """What a program tells of each question, in an environment where no key and no proxy is set."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        # What else these would ask for, of whom no test knows: prices, and who uses them.
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "HAYSTACK_TELEMETRY_ENABLED": "False",
    }
    command = [str(python), str(PROGRAMS / "run.py"), *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    facts: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return facts


def check(
    program: str, python: Path, endpoint: AbstractContextManager[str], cassette: Path
) -> None:
    """Records, then replays offline, and asks what was not recorded."""
    with endpoint as url:
        live = told(python, program, url, cassette, "once", RECORDED)
    again = told(python, program, url, cassette, "none", RECORDED, CHANGED)

    assert live == [LIVE]
    assert again == [REPLAYED, MISSED]


@pytest.mark.parametrize("program", ["openai_sdk", "requests_library", "aiohttp_library"])
def test_a_library_is_replayed_offline(program: str, tmp_path: Path) -> None:
    check(program, HERE, serving(SCRIPT), tmp_path / "calls.yaml")


@pytest.mark.parametrize(
    ("program", "python"),
    [
        ("anthropic_sdk", HERE),
        pytest.param("google_genai", FRAMEWORKS, marks=needs_frameworks),
        pytest.param("bedrock_client", FRAMEWORKS, marks=needs_frameworks),
    ],
)
def test_the_sdk_of_another_vendor_is_replayed_offline(
    program: str, python: Path, tmp_path: Path
) -> None:
    check(program, python, vendors(), tmp_path / "calls.yaml")


@needs_frameworks
@pytest.mark.parametrize(
    ("program", "python"),
    [
        ("langgraph_agent", FRAMEWORKS),
        ("agents_sdk", FRAMEWORKS),
        ("pydantic_ai_agent", FRAMEWORKS),
        ("haystack_agent", FRAMEWORKS),
        ("litellm_library", FRAMEWORKS_OF_OPENAI_2),
        ("llamaindex_agent", FRAMEWORKS_OF_OPENAI_2),
    ],
)
def test_an_agent_of_another_framework_is_replayed_offline(
    program: str, python: Path, tmp_path: Path
) -> None:
    check(program, python, serving(SCRIPT), tmp_path / "calls.yaml")
