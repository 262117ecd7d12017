from decimal import Decimal
from io import StringIO

import pytest
from rich.console import Console

from harness.progress import LiveDisplay, PlainDisplay, display_for
from harness.result import Outcome, Totals, TrialResult


def result(name: str, outcome: Outcome) -> TrialResult:
    totals = Totals(usd=Decimal("0.01"))
    return TrialResult(scenario=name, outcome=outcome, totals=totals, trace="traces/a.jsonl")


def console(is_terminal: bool) -> Console:
    return Console(file=StringIO(), width=80, force_terminal=is_terminal)


def shown(on: Console) -> str:
    assert isinstance(on.file, StringIO)
    return on.file.getvalue()


@pytest.mark.parametrize(
    ("is_terminal", "ci", "kind"),
    [(True, "", LiveDisplay), (True, "true", PlainDisplay), (False, "", PlainDisplay)],
)
def test_is_live_where_a_person_watches(
    is_terminal: bool, ci: str, kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)

    assert isinstance(display_for(console(is_terminal), 3), kind)


def test_a_log_gets_a_line_a_trial() -> None:
    log = console(is_terminal=False)

    with PlainDisplay(log, 12) as display:
        display.finished(result("scenarios/a.py::first", "passed"))
        display.finished(result("scenarios/a.py::second", "miss"))

    assert shown(log) == (
        "   [1/12] ✓ passed  scenarios/a.py::first\n   [2/12] ? miss  scenarios/a.py::second\n"
    )


def test_a_terminal_gets_one_line_with_counts_and_costs() -> None:
    terminal = console(is_terminal=True)

    with LiveDisplay(terminal, 3) as display:
        for outcome in ("passed", "error", "error"):
            display.finished(result("scenarios/a.py::b", outcome))

    assert "3/3" in shown(terminal)
    assert "1 passed" in shown(terminal)
    assert "$0.030 saved" in shown(terminal)
