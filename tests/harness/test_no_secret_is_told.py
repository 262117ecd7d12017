"""Secrets in what people and later commands read: warnings, the evidence of a test run, its end."""

from pathlib import Path

import pytest

from harness.errors import StreamOutlivesBlock
from harness.interactions import Request
from harness.session import CassetteSession, RecordMode
from tests.harness.pytest_projects import Project

SECRET = "Zx9quiteSecretValue77andMore"

TEST = f"""
import os, httpx2, pytest

@pytest.mark.cassette
def test_it():
    headers = {{"authorization": "Bearer abc", "cookie": "a=b"}}
    said = {{"question": "{SECRET}"}}
    assert httpx2.post(os.environ["ENDPOINT"], json=said, headers=headers).status_code == 200
    if os.environ.get("FAILS"):
        raise ValueError("It is {SECRET}.")
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("SERVICE_KEY", SECRET)
    return Project(pytester, monkeypatch)


def test_a_warning_of_a_stream_that_is_left_shows_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICE_KEY", SECRET)
    with CassetteSession(tmp_path / "a.yaml", mode=RecordMode.REWRITE) as session:
        address = f"https://me:{SECRET}@a.test/{SECRET}?api_key=abc"
        recording = session.record(Request("GET", address, (), b""))
        recording.answered(200, ())

    with pytest.warns(StreamOutlivesBlock) as told:
        recording.received(b"late")

    shown = "https://<secret:login>@a.test/<secret:SERVICE_KEY>?api_key=<secret:parameter>"
    assert f"GET {shown}" in str(told[0].message)


def test_the_end_of_a_test_run_names_what_became_of_secrets_in_each_cassette(
    project: Project,
) -> None:
    project.write("tests/test_a.py", TEST)

    recorded, _ = project.record()

    told = "  cassettes/tests/test_a/test_it.yaml: replaced SERVICE_KEY (1), cookie (1); left out"
    recorded.stdout.fnmatch_lines(["1 recorded", f"{told} authorization (1)"])
    project.run("-q").stdout.no_fnmatch_line("*replaced*")


def test_what_a_failed_test_said_is_kept_for_the_commands_without_secrets(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("tests/test_a.py", TEST)
    project.record()
    monkeypatch.setenv("FAILS", "1")

    project.run().assert_outcomes(failed=1)

    kept = (project.path / ".pytest_cache/d/harness/playbacks.json").read_text(encoding="utf-8")
    assert SECRET not in kept
    assert "ValueError: It is <secret:SERVICE_KEY>." in kept
