"""A process that is forked while a session is open: what it records is kept, the end is not its."""

import subprocess
import sys
from pathlib import Path

import pytest

import harness
from harness.formats import load

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="It forks.")

FORKING = """
import os, sys
from pathlib import Path
from harness.interactions import Request
from harness.session import CassetteSession

def ask(session, said):
    recording = session.record(Request("POST", "https://example.com/", (), said))
    recording.answered(200, ())
    recording.ended("complete")

child = None
try:
    with CassetteSession(Path(sys.argv[1]), mode=sys.argv[2]) as session:
        ask(session, b"before")
        child = os.fork()
        if child == 0:
            ask(session, b"forked")
            if sys.argv[3] == "raises":
                raise ValueError
        else:
            os.waitpid(child, 0)
            ask(session, b"after")
finally:
    if child == 0:
        os._exit(0)
"""


@pytest.mark.parametrize("ending", ["leaves", "raises"])
@pytest.mark.parametrize("mode", ["once", "rewrite"])
def test_the_end_of_a_forked_process_is_not_the_recordings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, ending: str
) -> None:
    path = tmp_path / "x.yaml"
    monkeypatch.delenv("PYTEST_XDIST_TESTRUNUID", raising=False)  # It is no part of this run.

    subprocess.run(
        [sys.executable, "-c", FORKING, str(path), mode, ending],
        cwd=Path(harness.__file__).parents[1],
        timeout=60,
        check=True,
    )

    asked = {each.request.body for each in load(path).interactions}
    assert asked == {b"before", b"forked", b"after"}
    assert list(tmp_path.iterdir()) == [path]


HOLDING = """
import os, sys
from pathlib import Path
from threading import Event, Thread
from harness.session import CassetteSession

session = CassetteSession(Path(sys.argv[1]), mode="once")
is_held, is_over = Event(), Event()

def hold():
    with session._lock:
        is_held.set()
        is_over.wait()

thread = Thread(target=hold)
thread.start()
is_held.wait()
child = os.fork()
if child == 0:
    session.finish()
    session.discard()
    session.__exit__(None, None, None)
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
is_over.set()
"""


def test_a_forked_process_does_not_wait_for_what_only_its_parent_can_end(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", HOLDING, str(tmp_path / "x.yaml")],
        cwd=Path(harness.__file__).parents[1],
        stdout=subprocess.PIPE,
        timeout=60,
        check=True,
    )

    assert done.stdout == b"7\n"
