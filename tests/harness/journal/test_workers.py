"""Several processes record one suite: what comes of it depends on none of them."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import harness
from harness.formats import load, save
from harness.interactions import Cassette, Header, Interaction, Request, Response
from harness.journal import cassettes_with_journals, derive, pending
from harness.session import CassetteSession, RecordMode

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="It forks.")

# Forks a worker for each list of tests; `!` ends a worker there, in the middle of a test.
WORKERS = """
import json, os, signal, sys
from pathlib import Path
from agentchat.core._world import entered
from harness.interactions import Request
from harness.session import CassetteSession, RecordMode
from harness.simulation import SeededWorld

folder, mode, run, plan = Path(sys.argv[1]), sys.argv[2], sys.argv[3], json.loads(sys.argv[4])

def ask(session, said):
    asked = Request("POST", "https://api.openai.com/v1/x", (), said.encode())
    recording = session.record(asked, ("writer#1",))
    recording.answered(200, ())
    recording.received(f"answer to {said}".encode())
    recording.ended("complete")

def test(name, crashes):
    # Every test has a cassette of its own, and one that it shares with the others.
    for file in (f"{name}.yaml", "shared.yaml"):
        session = CassetteSession(
            folder / file, mode=RecordMode(mode), test=f"tests/test_it.py::{name}", run=run
        )
        for number in range(3):
            ask(session, f"{name}-{number}")
            if crashes and number == 1:
                os.kill(os.getpid(), signal.SIGKILL)
        session.finish()

def worker(number, names):
    os.environ["PYTEST_XDIST_WORKER"] = f"gw{number}"
    with entered(SeededWorld()):
        for name in names:
            test(name.rstrip("!"), name.endswith("!"))

processes = []
for number, names in enumerate(plan):
    process = os.fork()
    if process == 0:
        worker(number, names)
        os._exit(0)
    processes.append(process)
for process in processes:
    os.waitpid(process, 0)
"""

NAMES = [f"test_{letter}" for letter in "abcdefgh"]
ONE = [NAMES]
FOUR = [NAMES[0::4], NAMES[1::4], NAMES[2::4], NAMES[3::4]]
FOUR_OTHERWISE = [NAMES[6:][::-1], NAMES[:3][::-1], NAMES[3:5], NAMES[5:6]]


def recorded(
    folder: Path, plan: Sequence[Sequence[str]], mode: str = "rewrite", run: str = "run 1"
) -> dict[str, bytes]:
    """The files that come of it, by name."""
    folder.mkdir(exist_ok=True)
    subprocess.run(
        [sys.executable, "-c", WORKERS, str(folder), mode, run, json.dumps(plan)],
        cwd=Path(harness.__file__).parents[1],
        env={**os.environ, "PYTEST_XDIST_TESTRUNUID": f"xdist {run}"},
        check=True,
    )
    if run:
        derive(cassettes_with_journals(folder), run)
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def asked_in(file: Path) -> list[str]:
    return [each.request.body.decode() for each in load(file).interactions]


def test_bytes_do_not_depend_on_how_the_work_was_divided(tmp_path: Path) -> None:
    alone = recorded(tmp_path / "alone", ONE)
    divided = recorded(tmp_path / "divided", FOUR)
    otherwise = recorded(tmp_path / "otherwise", FOUR_OTHERWISE)

    assert list(alone) == ["shared.yaml", *(f"{name}.yaml" for name in NAMES)]
    assert alone == divided == otherwise
    assert asked_in(tmp_path / "alone" / "shared.yaml") == [
        f"{name}-{number}" for name in NAMES for number in range(3)
    ]


def test_the_same_suite_recorded_again_gives_the_same_bytes(tmp_path: Path) -> None:
    first = recorded(tmp_path / "files", FOUR)
    again = recorded(tmp_path / "files", FOUR_OTHERWISE, run="run 2")

    assert first == again


def test_sessions_that_make_their_cassettes_themselves_wipe_nothing_of_their_run(
    tmp_path: Path,
) -> None:
    request = Request("POST", "https://example.com", (), b"old")
    old = Interaction(request, Response(200, (), b"", 0), test=f"tests/test_it.py::{NAMES[0]}")
    (tmp_path / "files").mkdir()
    save(tmp_path / "files" / "shared.yaml", Cassette(Header(), (old,)))

    recorded(tmp_path / "files", FOUR, run="")

    assert asked_in(tmp_path / "files" / "shared.yaml") == [
        f"{name}-{number}" for name in NAMES for number in range(3)
    ]


def test_what_a_worker_recorded_before_it_crashed_is_merged_too(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    recorded(folder, ONE)

    recorded(folder, [["test_a", "test_b!"], ["test_c"]], run="run 2")

    file = folder / "test_b.yaml"
    # What was there stays: the test has not recorded enough to do without it.
    assert asked_in(file) == ["test_b-0", "test_b-1", "test_b-2", "test_b-0", "test_b-1"]
    assert load(file).header.unfinished == ("tests/test_it.py::test_b",)
    assert load(folder / "test_a.yaml").header.unfinished == ()
    assert cassettes_with_journals(folder) == []


def test_a_run_that_is_not_over_is_left_alone_by_its_own_sessions(tmp_path: Path) -> None:
    path = tmp_path / "chat.yaml"
    one = CassetteSession(path, mode=RecordMode.ONCE, run="run 1", test="a")
    record(one, "1")
    one.finish()

    other = CassetteSession(path, mode=RecordMode.ONCE, run="run 1", test="b")
    record(other, "2")
    other.finish()

    assert not path.exists()
    assert [each.test for each in pending(path)] == ["a", "b"]
    assert derive([path], "run 1") == [path]
    assert asked_in(path) == ["1", "2"]


def record(session: CassetteSession, said: str) -> None:
    recording = session.record(Request("POST", "https://example.com/", (), said.encode()))
    recording.answered(200, ())
    recording.ended("complete")
