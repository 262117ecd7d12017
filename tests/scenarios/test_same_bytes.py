"""The stories leave the same bytes, whatever runs them."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run_folder(out: Path, *arguments: str, hash_seed: str) -> dict[str, bytes]:
    """Runs all stories in a process of their own; gives what it leaves, but for the times."""
    subprocess.run(
        [sys.executable, "-m", "harness", "run", "scenarios", "--out", out, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        check=True,
        capture_output=True,
    )
    files = [each for each in out.rglob("*") if each.is_file() and each.name != "timings.json"]
    return {each.relative_to(out).as_posix(): each.read_bytes() for each in files}


def test_the_stories_leave_the_same_bytes_twice(tmp_path: Path) -> None:
    first = run_folder(tmp_path / "first", hash_seed="1")
    second = run_folder(tmp_path / "second", "--workers", "2", hash_seed="2")

    assert first.keys() == second.keys()
    assert [name for name in sorted(first) if first[name] != second[name]] == []
