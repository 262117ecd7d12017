"""What a scenario may demand of a trace: yes or no, and what came instead."""

from harness.expectations._judging import (
    Demand,
    Expectation,
    Judge,
    Verdict,
    expectation,
    judge,
)
from harness.expectations._limits import within
from harness.expectations._logic import all_of, any_of, not_
from harness.expectations._matchers import (
    Matcher,
    anything,
    contains,
    equals,
    matcher,
    matches,
    number,
    one_of,
)
from harness.expectations._model import asked_model, model_saw, streamed
from harness.expectations._talk import last_message, never_said, said, selected, speakers, stopped
from harness.expectations._tools import no_errors, tool_called, tool_result

__all__ = [
    "Demand",
    "Expectation",
    "Judge",
    "Matcher",
    "Verdict",
    "all_of",
    "any_of",
    "anything",
    "asked_model",
    "contains",
    "equals",
    "expectation",
    "judge",
    "last_message",
    "matcher",
    "matches",
    "model_saw",
    "never_said",
    "no_errors",
    "not_",
    "number",
    "one_of",
    "said",
    "selected",
    "speakers",
    "stopped",
    "streamed",
    "tool_called",
    "tool_result",
    "within",
]
