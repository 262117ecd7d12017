"""Two runs of the same scenarios leave the same bytes."""

import os
import subprocess
import sys
from pathlib import Path

import harness

STORIES = '''
from agentchat.core._world import now, randomness, sleep
from agentchat.messages import TextMessage
from harness import Run, last_message, scenario

WORDS = ["apple", "bear", "cherry"]

@scenario(task=TextMessage(content="Choose", source="user"), expect=[last_message("apple")])
async def chooses(run: Run) -> list[TextMessage]:
    """One of a few words is chosen."""
    await sleep(0.25)
    word = randomness("choice").choice(WORDS)
    model = run.replay([f"{word}, in {run.workdir} and {__file__} at {now()}"])
    answer = await model.create([])
    return [TextMessage(content=answer.content, source="chooser")]

@scenario(task="Fail")
async def fails(run: Run) -> str:
    raise OSError(f"{run.workdir} is full of {object()}")
'''


def project(folder: Path) -> Path:
    (folder / "scenarios" / "guide").mkdir(parents=True)
    (folder / "pyproject.toml").touch()
    (folder / "scenarios" / "guide" / "words.py").write_text(STORIES, encoding="utf-8")
    return folder


def run(folder: Path, cwd: Path, *arguments: str, hash_seed: str) -> dict[str, bytes]:
    """Runs the project's scenarios in a process of their own; gives what is in the run folder."""
    out = folder / "runs" / f"of-{hash_seed}"
    subprocess.run(
        [sys.executable, "-m", "harness", "run", folder / "scenarios", "--out", out, *arguments],
        cwd=cwd,
        env={
            **os.environ,
            "PYTHONHASHSEED": hash_seed,
            "PYTHONPATH": str(Path(harness.__file__).parents[1]),
        },
        check=False,
        capture_output=True,
    )
    files = sorted(each for each in out.rglob("*") if each.is_file())
    return {each.relative_to(out).as_posix(): each.read_bytes() for each in files}


def test_a_run_leaves_the_same_bytes_anywhere(tmp_path: Path) -> None:
    here, there = project(tmp_path / "here"), project(tmp_path / "another" / "place")

    first = run(here, here, hash_seed="1")
    second = run(there, tmp_path, "--workers", "2", hash_seed="2")

    assert {"run.json", "results.jsonl", "timings.json"} < set(first)
    assert {"traces/guide/words/chooses.jsonl", "traces/guide/words/fails.jsonl"} < set(first)
    assert first.pop("timings.json") != second.pop("timings.json")
    assert first == second
