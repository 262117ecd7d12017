"""Expectations made of expectations."""

from harness.expectations._judging import Demand, Verdict, expectation, judge
from harness.result import Judgement
from harness.trace import Trace


@expectation
def all_of(trace: Trace, *demands: Demand) -> Verdict:
    """Every one of them holds."""
    failed = [each for each in _judged(trace, demands) if not each.holds]
    return Verdict(not failed, _told(failed), failed[0].event if failed else None)


@expectation
def any_of(trace: Trace, *demands: Demand) -> Verdict:
    """At least one of them holds."""
    judged = _judged(trace, demands)
    for each in judged:
        if each.holds:
            return Verdict(True, each.expectation, each.event)
    return Verdict(False, _told(judged), judged[-1].event if judged else None)


@expectation
def not_(trace: Trace, demand: Demand) -> Verdict:
    """It does not hold."""
    judged = judge(demand, trace)
    return Verdict(not judged.holds, "it holds" if judged.holds else judged.why, judged.event)


def _judged(trace: Trace, demands: tuple[Demand, ...]) -> list[Judgement]:
    return [judge(demand, trace) for demand in demands]


def _told(judged: list[Judgement]) -> str:
    return "; ".join(f"{each.expectation}: {each.why or 'does not hold'}" for each in judged)
