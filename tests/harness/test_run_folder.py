import json
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.result import Manifest, TrialResult
from harness.run_folder import RunFolder
from harness.trace import Trace

MANIFEST = Manifest(harness="0.1.0", python="3.11", record_mode="none")


def result(name: str) -> TrialResult:
    return TrialResult(scenario=name, outcome="passed", trace=f"traces/guide/{name}.jsonl")


def run(place: Path, *names: str) -> None:
    folder = RunFolder(place)
    for name in names:
        folder.add(Trace(scenario=name), result(name))
    folder.publish(MANIFEST, {"seconds": 1.5})


def files(folder: Path) -> list[str]:
    found = (file for file in folder.rglob("*") if file.is_file())
    return sorted(file.relative_to(folder).as_posix() for file in found)


def test_holds_manifest_results_traces_and_timings(tmp_path: Path) -> None:
    run(tmp_path / "runs" / "first", "b", "a")

    folder = tmp_path / "runs" / "first"
    lines = (folder / "results.jsonl").read_text(encoding="utf-8").splitlines()
    assert files(folder) == [
        "results.jsonl",
        "run.json",
        "timings.json",
        "traces/guide/a.jsonl",
        "traces/guide/b.jsonl",
    ]
    assert [TrialResult.model_validate_json(line) for line in lines] == [result("b"), result("a")]
    assert Manifest.model_validate_json((folder / "run.json").read_bytes()) == MANIFEST
    assert json.loads((folder / "timings.json").read_bytes()) == {"seconds": 1.5}


def test_a_later_run_replaces_an_earlier_one(tmp_path: Path) -> None:
    run(tmp_path / "latest", "a", "b")

    run(tmp_path / "latest", "c")

    assert [each.name for each in tmp_path.iterdir()] == ["latest"]
    assert "traces/guide/a.jsonl" not in files(tmp_path / "latest")


def test_a_run_that_is_given_up_leaves_the_earlier_one_and_its_own_trials(tmp_path: Path) -> None:
    run(tmp_path / "latest", "a")

    given_up = RunFolder(tmp_path / "latest")
    given_up.add(Trace(scenario="b"), result("b"))

    assert files(tmp_path / "latest") == [
        "results.jsonl",
        "run.json",
        "timings.json",
        "traces/guide/a.jsonl",
    ]
    assert files(given_up.draft) == ["results.jsonl", "traces/guide/b.jsonl"]


def test_two_runs_at_a_time_do_not_meet(tmp_path: Path) -> None:
    first, second = RunFolder(tmp_path / "latest"), RunFolder(tmp_path / "latest")

    assert first.draft != second.draft


def test_refuses_to_replace_what_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()

    with pytest.raises(UsageError, match="is no run folder, and is left as it is"):
        RunFolder(tmp_path)


def test_a_run_without_any_trial_leaves_nothing(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "latest")

    folder.give_up()

    assert list(tmp_path.iterdir()) == []
