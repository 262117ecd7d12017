"""Folders that nobody may write into, with what a killed process left there."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import harness
from harness.interactions import Request
from harness.session import CassetteSession

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Rights are another thing there.")

# Does so with no more rights than anybody has, in the folder, and says what came of it.
ANYBODY = """
import os, sys
from pathlib import Path
from harness.errors import UnwritableCassette
from harness.interactions import Request
from harness.journal import derive
from harness.session import CassetteSession

os.chdir(sys.argv[1])
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    if sys.argv[2] == "derive":
        derive([Path("x.yaml")])
    else:
        with CassetteSession(Path("x.yaml"), mode=sys.argv[2]) as session:
            if session.play(Request("POST", "https://example.com/", (), b"a")) is not None:
                print("played")
            if session.mode != "none":
                session.record(Request("POST", "https://example.com/", (), b"b"))
except UnwritableCassette as error:
    print(error)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """One with a cassette, and the journal of a recorder that was killed."""
    path = tmp_path / "x.yaml"
    with CassetteSession(path, mode="once") as session:
        record(session, b"a")
    killed = CassetteSession(path, mode="new_episodes")
    record(killed, b"b")
    [journal] = tmp_path.glob(".*.journal")
    data = journal.read_bytes()
    killed.discard()
    journal.write_bytes(data)
    tmp_path.chmod(0o555)
    yield tmp_path
    tmp_path.chmod(0o755)


def record(session: CassetteSession, said: bytes) -> None:
    recording = session.record(Request("POST", "https://example.com/", (), said))
    recording.answered(200, ())
    recording.ended("complete")


def told(folder: Path, what: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-c", ANYBODY, str(folder), what],
        cwd=Path(harness.__file__).parents[1],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return ran.stdout


def test_a_replay_plays_and_writes_nothing(folder: Path) -> None:
    before = sorted(folder.iterdir())

    assert told(folder, "none") == "played\n"
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize("what", ["once", "new_episodes", "derive"])
def test_who_would_write_is_told_what_to_do(folder: Path, what: str) -> None:
    assert told(folder, what) == (
        "x.yaml: can't be recorded: Permission denied\n"
        "  folder: .\n"
        "  kept:   in its journal\n"
        "  fix:    make room, or the folder writable, then "
        "harness cassettes doctor --recover x.yaml\n"
    )


@pytest.mark.parametrize("mode", ["rewrite", "new_episodes"])
def test_a_recording_is_refused_before_anything_is_sent(folder: Path, mode: str) -> None:
    folder.chmod(0o755)
    for journal in folder.glob(".*"):
        journal.unlink()
    folder.chmod(0o555)

    lines = told(folder, mode).splitlines()

    assert lines[lines[0] == "played" :] == [
        "x.yaml: can't be recorded: Permission denied", "  folder: ."
    ]  # fmt: skip
