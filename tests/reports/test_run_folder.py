from pathlib import Path

import pytest

from harness.errors import UnreadableRun
from harness.result import Manifest, TrialResult
from harness.trace import MessageSent, Stopped, Trace, canonical, to_lines
from reports.run_folder import Run, Trial, read

SCENARIO = "scenarios/guide/chat.py::hello"
MANIFEST = Manifest(harness="0.1.0", python="3.11", record_mode="none", scenarios=(SCENARIO,))
RESULT = TrialResult(scenario=SCENARIO, outcome="passed", trace="traces/hello.jsonl")
TRACE = Trace(
    scenario=SCENARIO,
    events=(
        MessageSent(
            number=0,
            at_ns=0,
            source="user",
            type="TextMessage",
            is_chat=True,
            text="Hi\u2028there",
            body={},
        ),
        Stopped(number=1, at_ns=5, reason=None),
    ),
)


def line(record: Manifest | TrialResult) -> str:
    return canonical(record.model_dump(mode="json")) + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A whole run folder with one trial, for a test to damage."""
    (tmp_path / "traces").mkdir()
    (tmp_path / "run.json").write_text(line(MANIFEST), "utf-8")
    (tmp_path / "results.jsonl").write_text(line(RESULT), "utf-8")
    (tmp_path / "traces/hello.jsonl").write_text("".join(to_lines(TRACE)), "utf-8")
    return tmp_path


def spoil(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")


def test_reads_what_a_run_left(folder: Path) -> None:
    assert read(folder) == Run(MANIFEST, (Trial(RESULT, TRACE),))


def test_a_skipped_trial_needs_no_trace(folder: Path) -> None:
    skipped = RESULT.model_copy(update={"outcome": "skipped", "trace": ""})
    (folder / "results.jsonl").write_text(line(skipped), "utf-8")

    assert read(folder).trials == (Trial(skipped, Trace(scenario=SCENARIO)),)


@pytest.mark.parametrize("name", ["run.json", "results.jsonl", "traces/hello.jsonl"])
def test_names_the_file_that_is_missing(folder: Path, name: str) -> None:
    (folder / name).unlink()

    with pytest.raises(UnreadableRun, match="can't be read: No such file") as caught:
        read(folder)

    assert (caught.value.path, caught.value.line) == (folder / name, None)


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "why"),
    [
        ("run.json", '{"', '{\n]"', 2, "is damaged: Expecting"),
        ("run.json", "{", "[] {", 1, "is damaged: Extra data"),
        ("run.json", "0.1.0", "\\ud800", None, "is damaged"),
        ("results.jsonl", '"passed"', '"fine"', 1, "outcome: Input should be 'passed'"),
        ("results.jsonl", '"passed"', "", 1, "is damaged: Expecting value"),
        ("results.jsonl", "{", "3{", 1, "is damaged: Extra data"),
        ("traces/hello.jsonl", '"reason":null', '"reason":', 3, "is damaged: Expecting value"),
        ("traces/hello.jsonl", '"stopped"', '"gone"', 3, "does not match any of the expected tags"),
        ("traces/hello.jsonl", '"seed":0', '"seed":"x"', 1, "seed: Input should be a valid"),
    ],
)
def test_names_the_line_that_is_damaged(
    folder: Path, name: str, old: str, new: str, line: int | None, why: str
) -> None:
    spoil(folder / name, old, new)

    with pytest.raises(UnreadableRun, match=why) as caught:
        read(folder)

    assert (caught.value.path, caught.value.line) == (folder / name, line)


@pytest.mark.parametrize("name", ["run.json", "results.jsonl", "traces/hello.jsonl"])
def test_refuses_what_a_newer_version_wrote(folder: Path, name: str) -> None:
    spoil(folder / name, '"version":1', '"new":0,"version":2')

    with pytest.raises(UnreadableRun, match="format version 2 is newer than 1") as caught:
        read(folder)

    assert caught.value.path == folder / name


def test_refuses_text_that_is_not_utf_8(folder: Path) -> None:
    (folder / "results.jsonl").write_bytes(line(RESULT).encode() + b"\xff")

    with pytest.raises(UnreadableRun, match=r"results\.jsonl:2: is not UTF-8"):
        read(folder)


@pytest.mark.parametrize("trace", ["../secret.jsonl", "/etc/passwd"])
def test_reads_nothing_outside_the_run_folder(folder: Path, trace: str) -> None:
    spoil(folder / "results.jsonl", "traces/hello.jsonl", trace)

    with pytest.raises(UnreadableRun, match=r"results\.jsonl:1: .* outside the run folder"):
        read(folder)


def test_a_file_name_that_no_system_has_is_a_file_that_is_missing(folder: Path) -> None:
    spoil(folder / "results.jsonl", "traces/hello", "traces/\\u0000")

    with pytest.raises(UnreadableRun, match="can't be read: embedded null byte"):
        read(folder)


def test_refuses_two_results_for_one_trial(folder: Path) -> None:
    (folder / "results.jsonl").write_text(line(RESULT) * 2, "utf-8")

    with pytest.raises(UnreadableRun, match=r"results\.jsonl:2: a second result .* line 1"):
        read(folder)


def test_an_empty_trace_is_a_damaged_one(folder: Path) -> None:
    (folder / "traces/hello.jsonl").write_text("", "utf-8")

    with pytest.raises(UnreadableRun, match=r"hello\.jsonl:1: is damaged"):
        read(folder)
