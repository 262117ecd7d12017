from decimal import Decimal
from typing import Any

from harness.result import Failure, Judgement, Manifest, Outcome, Totals, TrialResult
from harness.trace import MessageSent, Trace, Usage
from reports.run_folder import Run, Trial
from reports.view import Expectation, Page, page_of


def trial(name: str, outcome: Outcome = "passed", **fields: Any) -> Trial:
    result = TrialResult(scenario=f"s.py::{name}", outcome=outcome, trace="t", **fields)
    said = MessageSent(
        number=0, at_ns=0, source="user", type="TextMessage", is_chat=True, text="Hi", body={}
    )
    return Trial(result, Trace(scenario=result.scenario, events=(said,)))


def page(*trials: Trial, scenarios: tuple[str, ...] = ()) -> Page:
    manifest = Manifest(harness="1", python="3.11", record_mode="none", scenarios=scenarios)
    return page_of(Run(manifest, trials))


def test_failures_come_first_and_the_order_of_the_run_decides_between_equals() -> None:
    shown = page(
        trial("b"),
        trial("a"),
        trial("skipped", "skipped"),
        trial("miss", "miss"),
        trial("error", "error"),
        trial("failed", "failed"),
    )

    names = [scenario.title for scenario in shown.scenarios]
    assert names == ["failed", "error", "miss", "b", "a", "skipped"]
    assert list(shown.count_of_outcome.items()) == [
        ("failed", 1),
        ("error", 1),
        ("miss", 1),
        ("passed", 2),
        ("skipped", 1),
    ]


def test_a_scenario_is_as_good_as_its_worst_trial() -> None:
    shown = page(
        trial("a", trial=0),
        trial("a", "failed", trial=1, judgements=(Judgement(expectation="x", holds=False),)),
        trial("a", trial=2),
    )

    (scenario,) = shown.scenarios
    assert (scenario.outcome, scenario.why, len(scenario.trials)) == ("failed", "x", 3)


def test_says_in_a_line_what_went_wrong() -> None:
    judged = Judgement(expectation="stopped()", holds=False, why="it went on")
    failure = Failure(error="ValueError", text="no such agent\n  nearest: b")

    shown = page(
        trial("a", "failed", judgements=(judged,)), trial("b", "error", failure=failure), trial("c")
    )

    assert [scenario.why for scenario in shown.scenarios] == [
        "stopped() · it went on",
        "ValueError: no such agent",
        "",
    ]


def test_broken_expectations_come_first_and_lead_to_what_decided_them() -> None:
    holds = Judgement(expectation="a", holds=True, event=0)
    broken = Judgement(expectation="b", holds=False)
    lost = Judgement(expectation="c", holds=False, event=7)

    shown = page(trial("a", "failed", judgements=(holds, broken, lost)))

    (view,) = shown.scenarios[0].trials
    assert view.expectations == (
        Expectation(broken, None),
        Expectation(lost, None),
        Expectation(holds, 0),
    )


def test_adds_up_what_the_run_took_and_what_replay_saved() -> None:
    replayed = Totals(messages=3, usage=Usage(prompt_tokens=5), usd=Decimal("0.30"))
    paid = Totals(messages=1, model_calls=1, usd=Decimal("0.20"), usd_spent=Decimal("0.20"))

    shown = page(trial("a", totals=replayed), trial("b", totals=paid))

    assert (shown.trials, shown.usd_saved) == (2, Decimal("0.30"))
    assert shown.totals == Totals(
        messages=4,
        model_calls=1,
        usage=Usage(prompt_tokens=5),
        usd=Decimal("0.50"),
        usd_spent=Decimal("0.20"),
    )


def test_counts_the_stop_reasons_and_names_what_has_no_result() -> None:
    shown = page(
        trial("a", stop_reason="rare"),
        trial("b", stop_reason="often"),
        trial("c", stop_reason="often"),
        trial("d"),
        scenarios=("s.py::a", "s.py::lost"),
    )

    assert list(shown.trials_of_stop_reason.items()) == [("often", 2), ("rare", 1)]
    assert shown.without_result == ("s.py::lost",)


def test_a_place_keeps_its_name_whatever_else_is_run() -> None:
    alone = page(trial("a")).scenarios[0]
    among_others = page(trial("a"), trial("b"), trial("a", case="x")).scenarios[0]

    assert alone.anchor == among_others.anchor
    assert alone.trials[0].place(0) == among_others.trials[0].place(0)
