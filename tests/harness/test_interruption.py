"""Ctrl+C: what is done stays, and where it lies is told."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import harness

STORY = """
import asyncio
import os
from harness import Run, scenario

@scenario()
async def ends(run: Run) -> str:
    return "the end"

@scenario()
async def waits(run: Run) -> str:
    os.write(int(os.environ["BELL"]), b"!")
    await asyncio.Event().wait()
    return "never"
"""


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """`harness run` in a process of its own, once its second scenario waits."""
    (folder / "pyproject.toml").touch()
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "story.py").write_text(STORY, encoding="utf-8")
    heard, bell = os.pipe()
    home = str(Path(harness.__file__).parents[1])
    # A job in the background of a shell ignores Ctrl+C, and so would all that it starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        [sys.executable, "-m", "harness", "run", "--out", "run", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": home, "BELL": str(bell)},
        pass_fds=[bell],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        signal.signal(signal.SIGINT, before)
        os.close(bell)
        assert os.read(heard, 1) == b"!"
        yield process
    os.close(heard)


@pytest.mark.skipif(sys.platform == "win32", reason="Signals are different there.")
def test_a_run_that_is_interrupted_says_where_it_lies(tmp_path: Path) -> None:
    with running(tmp_path) as process:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()

    assert process.returncode == 130
    assert out.splitlines()[-1] == "Stopped: 1 of 2 trials lie in run.partial-1"
    assert err == ""
    partial = tmp_path / "run.partial-1"
    assert len((partial / "results.jsonl").read_text(encoding="utf-8").splitlines()) == 1
    assert (partial / "traces" / "story" / "ends.jsonl").exists()
