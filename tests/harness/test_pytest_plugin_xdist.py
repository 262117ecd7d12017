"""Many workers of pytest-xdist that record one suite: what comes out, and what a crash costs."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest

from tests.harness.pytest_projects import Project, endpoint
from tests.loopback import answering

SUITE = """
import asyncio
import httpx2, pytest
from conftest import URL, ask, ask_async

{marks}

def streamed(question):
    with httpx2.stream("POST", URL, json={{"question": question, "stream": True}}) as response:
        return "".join(response.iter_text())

def tried_until_answered(question):
    while True:
        response = httpx2.post(URL, json={{"question": question, "refuse": "at first"}})
        if response.status_code == 200:
            return response.json()["answer"]

async def asked_side_by_side(*questions):
    return await asyncio.gather(*map(ask_async, questions))

@pytest.fixture(scope="module")
def early():
    return ask("early {name}") if {shares} else "EARLY {NAME}"

@pytest.mark.parametrize("number", range(6))
def test_asks(early, number):
    assert early == "EARLY {NAME}"
    assert streamed(f"{name} a {{number}}") == f"{NAME} A {{number}}"
    assert tried_until_answered(f"{name} b {{number}}") == f"{NAME} B {{number}}"
    answers = asyncio.run(asked_side_by_side("same", f"{name} c {{number}}", "same"))
    assert answers == ["SAME", f"{NAME} C {{number}}", "SAME"]
"""
MARKS = {
    "own": "pytestmark = pytest.mark.cassette",
    "module": "pytestmark = pytest.mark.cassette(scope='module')",
    "whole": "pytestmark = pytest.mark.cassette(scope='session')",
    "named": "pytestmark = pytest.mark.cassette('named')",
}
WORKERS = ("xdist", "xdist.looponfail")


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(pytester, monkeypatch)


def write_suite(project: Project) -> None:
    for name, marks in MARKS.items():
        shares = name in ("module", "whole")
        text = SUITE.format(marks=marks, name=name, NAME=name.upper(), shares=shares)
        project.write(f"tests/test_{name}.py", text)


def recordings(project: Project) -> dict[str, bytes]:
    """The cassettes, but for the times that answers took, which no two recordings share."""
    return {
        name: re.sub(rb"(duration_ns|at_ns): \d+", b"", content)
        for name, content in project.cassettes.items()
    }


def test_a_suite_recorded_by_any_number_of_workers_is_the_same_bytes(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_suite(project)
    workers = ("-n", "4")
    with busy_endpoint() as url:
        monkeypatch.setenv("ENDPOINT", url)
        record = ("--record-mode", "rewrite")
        runs = [project.run(*record)]
        alone = recordings(project)
        shutil.rmtree(project.path / "cassettes")
        runs.append(project.run(*record, *workers, plugins=WORKERS))
        by_workers, first = recordings(project), project.cassettes
        runs.append(project.run(*record, *workers, plugins=WORKERS))
        second = project.cassettes
    runs += project.run(), project.run("-n", "2", plugins=WORKERS)

    for each in runs:
        each.assert_outcomes(passed=24)
    assert alone == by_workers
    # What did not change is kept as it was, with its times.
    assert first == second
    assert len(first) == 9
    assert sum(content.count(b"duration_ns") for content in first.values()) == 24 * 6 + 2
    for each in runs[3:]:
        each.stdout.fnmatch_lines(["9 replayed; * interactions played"])
        each.stdout.no_fnmatch_line("*unplayed*")


@contextmanager
def busy_endpoint() -> Iterator[str]:
    """Answers in capitals: whole, in pieces, or only when it is asked again."""
    asked: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            told = json.loads(body)
            asked.append(body)
            answer = told["question"].upper()
            if "stream" in told:
                self._answer(200, *re.findall("..?", answer))
            elif "refuse" in told and asked.count(body) % 2:
                self._answer(429, "{}")
            else:
                self._answer(200, json.dumps({"answer": answer}))

        def _answer(self, status: int, *pieces: str) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            for piece in (*pieces, ""):
                self.wfile.write(f"{len(piece):x}\r\n{piece}\r\n".encode())

        def log_message(self, *_: object) -> None: ...

    with answering(Handler) as url:
        yield f"{url}/v1/ask"


CRASHING = """
import os, signal
import pytest
from conftest import ask

pytestmark = pytest.mark.cassette({scope})

@pytest.mark.parametrize("number", range(8))
def test_asks(number):
    assert ask(f"first {{number}}") == f"FIRST {{number}}"
    if number == 5 and "CRASH" in os.environ:
        os.kill(os.getpid(), signal.SIGKILL)
    assert ask(f"second {{number}}") == f"SECOND {{number}}"
"""


@pytest.mark.parametrize("scope", ["", "scope='module'"])
def test_a_killed_worker_loses_nothing_that_was_recorded(
    project: Project, monkeypatch: pytest.MonkeyPatch, scope: str
) -> None:
    project.write("test_a.py", CRASHING.format(scope=scope))
    record = ("--record-mode", "once")
    with endpoint() as told:
        monkeypatch.setenv("ENDPOINT", told.url)
        monkeypatch.setenv("CRASH", "1")
        killed = project.run(*record, "-n", "2", plugins=WORKERS)
        monkeypatch.delenv("CRASH")
        asked = len(told.questions)
        again = project.run(*record)
        with_a_kill = recordings(project)
        shutil.rmtree(project.path / "cassettes")
        whole = project.run(*record)

    killed.assert_outcomes(passed=7, failed=1)
    again.assert_outcomes(passed=8)
    whole.assert_outcomes(passed=8)
    *before, missing = told.questions[: asked + 1]
    assert missing == "second 5"
    assert sorted([*before, missing]) == sorted(told.questions[asked + 1 :])
    assert with_a_kill == recordings(project)


def test_misses_and_what_is_unplayed_come_home_from_the_workers(project: Project) -> None:
    text = CRASHING.format(scope="")
    project.write("test_a.py", text)
    project.record()
    project.write(
        "test_a.py",
        text.replace("range(8)", "range(4)").replace(
            'assert ask(f"second {number}") == f"SECOND {number}"',
            'assert number != 3 or ask("other")',
        ),
    )

    result = project.run("-n", "2", "--harness-unplayed", "fail", plugins=WORKERS)

    result.assert_outcomes(passed=3, failed=1, errors=3)
    result.stdout.fnmatch_lines(
        [
            "*cause:    a changed *",
            "3 tests left interactions unplayed:",
            "  cassettes/test_a/test_asks[[]0].yaml: 2",
        ]
    )
