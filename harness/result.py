"""What a run left behind: the manifest, and a result for each trial. Pure records."""

from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from harness.trace import ModelCalled, Trace, Usage

VERSION = 1

Outcome = Literal["passed", "failed", "error", "miss", "skipped"]
"""`failed`: an expectation does not hold. `error`: the subject raised. `miss`: a model call was
not in the cassette."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Judgement(_Record):
    """One expectation, judged."""

    expectation: str
    """The demand in words: `said(by='code_executor', text=contains('Hello'))`."""

    holds: bool
    why: str = ""
    """What came instead, or what decided it; empty when there is nothing to add."""

    event: int | None = None
    """Number of the trace's event that decided it."""


class Failure(_Record):
    """Why a trial has no judgement: what was raised."""

    error: str
    """The exception's class."""

    text: str
    where: str | None = None


class Totals(_Record):
    """A trial in numbers."""

    messages: int = 0
    """Chat messages, the task included."""

    turns: int = 0
    """Chat messages, the task not included."""

    model_calls: int = 0
    tool_calls: int = 0
    usage: Usage = Usage()
    usd: Decimal = Decimal(0)
    """The sum over the calls whose price is known."""

    unpriced_calls: int = 0
    """Model calls whose price is not known."""

    usd_spent: Decimal = Decimal(0)
    """The part of `usd` that this very run paid: live and recorded calls, not replayed ones."""


class TrialResult(_Record):
    """One trial, judged: a line of `results.jsonl`."""

    version: int = VERSION
    scenario: str
    """The scenario's id: `scenarios/guide/chat.py::hello_world`."""

    title: str = ""
    """The first line of the scenario's docstring, else its name in words."""

    description: str = ""
    tags: tuple[str, ...] = ()
    case: str | None = None
    trial: int = Field(default=0, ge=0)
    outcome: Outcome
    judgements: tuple[Judgement, ...] = ()
    failure: Failure | None = None
    stop_reason: str | None = None
    totals: Totals = Totals()
    unplayed: int = 0
    """Interactions of the cassette that this trial did not ask for."""

    cassette: str | None = None
    """The cassette, relative to the project; None when no model was asked over HTTP."""

    trace: str
    """The trace's file, relative to the run folder."""


class Manifest(_Record):
    """What was run, with what: `run.json`. Nothing in it depends on when, where or how fast."""

    version: int = VERSION
    harness: str
    """The harness's version."""

    python: str
    """Major and minor version."""

    packages: dict[str, str] = {}
    """Versions of the packages that shape a run, by name."""

    record_mode: str
    seed: int = 0
    scenarios: tuple[str, ...] = ()
    """Ids, in the order of the run."""

    selection: dict[str, Any] = {}
    """How they were chosen: paths and expression as given."""


def totals_of(trace: Trace) -> Totals:
    """Adds a trace up."""
    chat = trace.chat()
    calls = trace.model_calls()
    priced = [call for call in calls if call.usd is not None]
    return Totals(
        messages=len(chat),
        turns=sum(1 for message in chat if message.source != "user"),
        model_calls=len(calls),
        tool_calls=sum(
            len(message.body.get("content", ()))
            for message in trace.messages()
            if message.type == "ToolCallExecutionEvent"
        ),
        usage=sum((call.usage for call in calls), start=Usage()),
        usd=_usd(priced),
        unpriced_calls=len(calls) - len(priced),
        usd_spent=_usd([call for call in priced if call.origin in ("live", "recorded")]),
    )


def _usd(calls: list[ModelCalled]) -> Decimal:
    return sum((call.usd for call in calls if call.usd is not None), start=Decimal(0))
