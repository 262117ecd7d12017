"""Recorders that are killed, by SIGKILL, wherever they are: what was acknowledged is kept."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

import harness
from agentchat.core._world import entered, randomness
from harness.formats import load, save
from harness.interactions import Cassette, Header, Interaction, Request, Response
from harness.session import CassetteSession, RecordMode
from harness.simulation import SeededWorld

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="It forks, and sends SIGKILL.")


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The recorders are no workers of the run that these tests are in."""
    monkeypatch.delenv("PYTEST_XDIST_TESTRUNUID", raising=False)


# Forks a recorder for each line of its input, and tells what became of it.
SERVER = '''
import json, os, signal, sys
from pathlib import Path
from harness.interactions import Request
from harness.journal import derive
from harness.session import CassetteSession, RecordMode

POINTS = {"open", "write", "fsync", "fdatasync", "replace", "rename", "unlink", "flock",
          "ftruncate", "listdir", "close", "stat", "fstat"}

def record(job, acknowledge):
    sessions = [
        CassetteSession(
            Path(job["path"]), mode=RecordMode(job["mode"]), run=job["run"],
            test=str(number) if job["run"] else "",
        )
        for number in range(job["sessions"])
    ]
    for number in range(3):
        session = sessions[number % len(sessions)]
        said = f"{job['name']}-{number}"
        asked = Request("POST", "https://api.openai.com/v1/x", (), said.encode())
        recording = session.record(asked, ("writer#1",))
        recording.answered(200, ())
        recording.received(f"answer to {said}".encode())
        recording.ended("complete")
        os.write(acknowledge, said.encode() + b"\\n")
    for session in sessions:
        session.finish()
    if job["run"]:
        derive([Path(job["path"])], job["run"])

def killing(job):
    """Counts the places that are passed, and ends the process at one of them."""
    left = [job["at"]]
    seen = [0, 0]
    def passed(frame, event, what):
        is_point = event in ("c_call", "c_return") and what.__name__ in POINTS
        seen[0] += 1
        seen[1] += is_point
        if job["kind"] == "moment" or (job["kind"] == "point" and is_point):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.setprofile(passed)
    return seen

def child(job, acknowledge):
    try:
        seen = killing(job)
        record(job, acknowledge)
        sys.setprofile(None)
        os.write(acknowledge, json.dumps(seen).encode() + b"\\n")
    except BaseException as error:
        os.write(acknowledge, f"! {error!r}\\n".encode())
    os._exit(0)

for line in sys.stdin:
    job = json.loads(line)
    heard, acknowledge = os.pipe()
    process = os.fork()
    if process == 0:
        child(job, acknowledge)
    os.close(acknowledge)
    _, status = os.waitpid(process, 0)
    with os.fdopen(heard) as said:
        lines = said.read().splitlines()
    print(json.dumps([status == signal.SIGKILL, lines]), flush=True)
'''


class Job(NamedTuple):
    """What a recorder does, and the step or moment at which it is killed."""

    path: Path
    mode: str
    name: str
    kind: str
    at: int
    sessions: int = 1
    """How many record at the same time."""

    run: str = ""
    """The test run that makes the cassette at its end; each session is one of its tests then."""


class Told(NamedTuple):
    """What became of a recorder."""

    is_killed: bool
    said: list[str]
    """What it acknowledged, then, if it came to its end, what it passed."""

    @property
    def acknowledged(self) -> list[str]:
        """The requests whose recording was acknowledged."""
        return [line for line in self.said if not line.startswith("[")]


class Recorders:
    """Processes to kill."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def run(self, job: Job) -> Told:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(job._asdict(), default=str) + "\n")
        self._process.stdin.flush()
        told = Told(*json.loads(self._process.stdout.readline()))
        assert not any(line.startswith("!") for line in told.said), told.said
        return told


@contextmanager
def recorders() -> Iterator[Recorders]:
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", SERVER],
        cwd=Path(harness.__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Recorders(process)
        assert process.stdin is not None
        process.stdin.close()


OLD = ["old-0", "old-1", "old-2"]


def cassette_file(folder: Path, mode: str, *, is_shared: bool = False) -> Path:
    """A cassette that was there before, but for the mode that needs none; each of its interactions
    belongs to a test of its own if it is shared.
    """
    folder.mkdir()
    path = folder / "chat.yaml"
    if mode != "once":
        interactions = [
            Interaction(
                Request("POST", "https://api.openai.com/v1/x", (), said.encode()),
                Response(200, (), f"answer to {said}".encode(), 7),
                test=said.removeprefix("old-") if is_shared else "",
            )
            for said in OLD
        ]
        save(path, Cassette(Header("2026-01-01", "tests"), tuple(interactions)))
    return path


def held(path: Path) -> list[str]:
    return [each.request.body.decode() for each in load(path).interactions]


def passed(pool: Recorders, folder: Path, mode: str, sessions: int = 1) -> tuple[int, int]:
    """How many moments, and steps, a recorder passes that nobody kills."""
    told = pool.run(Job(cassette_file(folder, mode), mode, "0-0", "never", 0, sessions))
    moments, steps = json.loads(told.said[-1])
    return moments, steps


@pytest.mark.parametrize(
    ("mode", "sessions"),
    [("once", 1), ("new_episodes", 1), ("all", 1), ("rewrite", 1), ("rewrite", 2)],
)
def test_kills_at_any_moment_lose_nothing_that_was_acknowledged(
    tmp_path: Path, mode: str, sessions: int
) -> None:
    kills = 0
    with recorders() as pool, entered(SeededWorld(mode)):
        chance = randomness("kills")
        moments, _ = passed(pool, tmp_path / "dry", mode, sessions)
        for trial in range(13):
            path = cassette_file(tmp_path / str(trial), mode)
            acknowledged: list[str] = []
            # The second one finds what the first one left; a whole cassette it would only play.
            for turn in range(1 if mode == "once" else 2):
                at = chance.randint(1, moments)
                told = pool.run(Job(path, mode, f"{trial}-{turn}", "moment", at, sessions))
                kills += told.is_killed
                acknowledged += told.acknowledged
                assert not path.exists() or held(path)
            check(path, mode, acknowledged)
    assert kills >= (10 if mode == "once" else 20)


@pytest.mark.parametrize(("mode", "first"), [("new_episodes", 1), ("rewrite", 2)])
def test_a_kill_between_any_two_steps_loses_nothing_that_was_acknowledged(
    tmp_path: Path, mode: str, first: int
) -> None:
    with recorders() as pool:
        _, points = passed(pool, tmp_path / "dry", mode)
        for at in range(first, points + 1, 2):
            path = cassette_file(tmp_path / str(at), mode)
            told = pool.run(Job(path, mode, f"{at}-0", "point", at))
            assert told.is_killed
            assert held(path)
            check(path, mode, told.acknowledged)
    assert points >= 50


def test_a_killed_run_that_rewrites_loses_nothing_of_tests_that_it_did_not_reach(
    tmp_path: Path,
) -> None:
    remains: set[tuple[str, ...]] = set()
    with recorders() as pool:
        dry = cassette_file(tmp_path / "dry", "rewrite", is_shared=True)
        told = pool.run(Job(dry, "rewrite", "new", "never", 0, 2, "run"))
        _, points = json.loads(told.said[-1])
        for at in range(1, points + 1, 2):
            path = cassette_file(tmp_path / str(at), "rewrite", is_shared=True)
            told = pool.run(Job(path, "rewrite", "new", "point", at, 2, "run"))
            assert told.is_killed
            CassetteSession(path, mode=RecordMode.NEW_EPISODES).finish()
            assert set(told.acknowledged) <= set(held(path))
            remains.add(tuple(said for said in held(path) if said in OLD))
    # Of two tests that come one after the other, and of one that the run does not have.
    assert held(dry) == ["new-0", "new-2", "new-1"]
    assert remains == {("old-0", "old-1", "old-2"), ("old-1", "old-2"), ("old-2",), ()}


def check(path: Path, mode: str, acknowledged: list[str]) -> None:
    """The next recording finds everything, once, and leaves nothing else behind."""
    CassetteSession(path, mode=RecordMode.NEW_EPISODES).finish()

    found = held(path) if path.exists() else []
    assert len(set(found)) == len(found)
    # What was rewritten to its end replaces what was there before it.
    ended = [turn for turn in "10" if sum(f"-{turn}-" in said for said in found) == 3]
    replaced = ended[0] if mode == "rewrite" and ended else ""
    kept = [said for said in acknowledged if said.split("-")[1] >= replaced]
    assert [said for said in kept if said not in found] == []
    assert mode == "once" or found[:3] == OLD or (replaced and not set(OLD) & set(found))
    assert set(path.parent.iterdir()) <= {path}
