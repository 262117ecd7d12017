import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.errors import UnreadableRun
from harness.result import Failure, Judgement, Manifest, TrialResult, totals_of
from harness.trace import Failed, MessageSent, Stopped, Trace, canonical, to_lines
from reports import write

SCRIPT = "Here:\n```python\nprint('Hello, world!')\n```"
MISS = "call 2 is not in the cassette.\n  nearest:  'Hi [-there-]{+you+}'\n  fix:      rewrite"


def said(number: int, source: str, text: str) -> MessageSent:
    kind = "TextMessage"
    return MessageSent(
        number=number, at_ns=number, source=source, type=kind, is_chat=True, text=text, body={}
    )


def code_chat() -> Trace:
    return Trace(
        scenario="scenarios/chat.py::hello",
        events=(
            said(0, "user", "Print 'Hello, world!'"),
            said(1, "assistant", SCRIPT),
            said(2, "code_executor", "Hello, world!\n"),
            Stopped(number=3, at_ns=3, reason="Text 'TERMINATE' mentioned"),
        ),
    )


def miss() -> Trace:
    failed = Failed(number=1, at_ns=1, error="ReplayMiss", text=MISS, where="chat.py:3 in build")
    return Trace(scenario="scenarios/chat.py::bye", events=(said(0, "user", "Say bye"), failed))


def run_folder(folder: Path) -> Path:
    """A run of a scenario that passes and one that misses."""
    hello, bye = code_chat(), miss()
    judged = Judgement(expectation="said(by='code_executor')", holds=True, event=2)
    failure = Failure(error="ReplayMiss", text=MISS)
    results = [
        TrialResult(
            scenario=hello.scenario, outcome="passed", judgements=(judged,), trace="a.jsonl"
        ).model_copy(update={"stop_reason": hello.stop_reason, "totals": totals_of(hello)}),
        TrialResult(scenario=bye.scenario, outcome="miss", failure=failure, trace="b.jsonl"),
    ]
    scenarios = (hello.scenario, bye.scenario)
    manifest = Manifest(harness="1", python="3.11", record_mode="none", scenarios=scenarios)
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(canonical(manifest.model_dump(mode="json")), "utf-8")
    lines = [canonical(result.model_dump(mode="json")) + "\n" for result in results]
    (folder / "results.jsonl").write_text("".join(lines), "utf-8")
    (folder / "a.jsonl").write_text("".join(to_lines(hello)), "utf-8")
    (folder / "b.jsonl").write_text("".join(to_lines(bye)), "utf-8")
    return folder


def test_writes_one_file_that_tells_the_run(tmp_path: Path) -> None:
    report = tmp_path / "new" / "report.html"

    write(run_folder(tmp_path / "run"), report)

    text = report.read_text("utf-8")
    assert "<title>1 of 2 passed · agentchat-harness</title>" in text
    assert text.index("scenarios/chat.py::bye") < text.index("scenarios/chat.py::hello")
    assert "  nearest:  &#39;Hi [-there-]{+you+}&#39;\n  fix:      rewrite" in text
    assert '<span class="ink-builtin">print</span>' in text
    assert "<figcaption>output</figcaption>" in text
    assert "Text &#39;TERMINATE&#39; mentioned" in text


def test_equal_run_folders_give_equal_bytes_in_any_place_and_process(tmp_path: Path) -> None:
    here, there = run_folder(tmp_path / "one"), run_folder(tmp_path / "another" / "place")
    program = "import sys, pathlib, reports; reports.write(*map(pathlib.Path, sys.argv[1:]))"

    for seed, folder in (("1", here), ("2", there)):
        subprocess.run(
            [sys.executable, "-c", program, str(folder), str(folder / "report.html")],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path.cwd())},
            check=True,
        )

    assert (here / "report.html").read_bytes() == (there / "report.html").read_bytes()


def test_writes_nothing_for_a_folder_that_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(UnreadableRun, match=r"run\.json: can't be read"):
        write(tmp_path, tmp_path / "report.html")

    assert not (tmp_path / "report.html").exists()
