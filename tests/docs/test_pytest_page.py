"""The tests in docs/pytest.md pass, in a project of their own."""

import re
import sys
from pathlib import Path

import pytest

from harness.formats import save
from harness.interactions import Cassette, Interaction, Request, Response
from tests.harness.pytest_projects import Project

PAGE = Path(__file__).parents[2] / "docs" / "pytest.md"
MARKED, SERVED = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)

# What a client in another language does, as far as the endpoint can tell.
CLIENT = """
import json, os, urllib.request

address = os.environ["OPENAI_BASE_URL"] + "/chat/completions"
asked = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Is it sunny?"}]}
headers = {"authorization": "Bearer " + os.environ["OPENAI_API_KEY"]}
request = urllib.request.Request(address, json.dumps(asked).encode(), headers)
assert b"It is." in urllib.request.urlopen(request).read()
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    made = Project(pytester, monkeypatch)
    made.configure("harness_unplayed = 'fail'")
    return made


def test_a_marked_test_plays_its_cassette(project: Project) -> None:
    asked = Request("GET", "https://api.openai.com/v1/models", (), b"")
    said = Response(200, (("content-type", "application/json"),), b'{"data": ["gpt-4o"]}', 1)
    file = project.path / "cassettes/tests/test_weather/test_models.yaml"
    save(file, Cassette(interactions=(Interaction(asked, said),)))
    project.write("tests/test_weather.py", MARKED)

    result = project.run()

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["1 replayed; 1 interaction played"])


def test_a_test_serves_a_client_in_another_language(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "harness: script\nversion: 1\nreplies:\n- say: It is.\n"
    project.write("cassettes/weather.yaml", script)
    node = project.write("node", f"#!{sys.executable}\n{CLIENT}")
    node.chmod(0o755)
    monkeypatch.setenv("PATH", str(project.path), prepend=":")
    project.write("test_weather.py", f"import os, subprocess\n\n{SERVED}")

    project.run().assert_outcomes(passed=1)
