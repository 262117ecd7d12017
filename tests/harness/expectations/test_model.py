"""What may be expected of model calls."""

from typing import Any

import pytest

from harness.expectations import contains, judge, model_saw, streamed
from harness.trace import ModelCalled, Trace, Usage


def call(agent: str, kept: int, *shown: Any, number: int, chunks: int = 0) -> ModelCalled:
    return ModelCalled(
        number=number,
        at_ns=0,
        agent=agent,
        path=("team", f"{agent}#{number}"),
        call=number + 1,
        model="gpt-4o",
        kept=kept,
        messages=tuple({"content": content} for content in shown),
        answer="",
        finish_reason="stop",
        usage=Usage(),
        origin="replayed",
        chunks=chunks,
    )


# The writer is asked again with its first prompt but for the end, as after a state was loaded.
TALK = Trace(
    scenario="scenarios/a.py::b",
    events=(
        call("writer", 0, "You write.", "Hello", number=0, chunks=3),
        call("critic", 0, "You read.", ["Look", {"data": "iVBO"}], number=1),
        call("writer", 1, "Goodbye", number=2, chunks=2),
    ),
)


@pytest.mark.parametrize(
    "demand",
    [
        model_saw("Hello"),
        model_saw("Hello", by="writer", call=1),
        model_saw("You write.", by="writer", call=2),
        model_saw("You read.", by="critic", call=1),
        model_saw(contains('"data":"iVBO"')),
        streamed(by="writer", pieces=2),
    ],
    ids=repr,
)
def test_holds(demand: Any) -> None:
    assert judge(demand, TALK).holds


@pytest.mark.parametrize(
    ("demand", "why", "event"),
    [
        (model_saw("Hello", by="writer", call=2), "#2 was shown: 'You write.', 'Goodbye'", 2),
        (model_saw("Hello", by="critic"), "#1 was shown: 'You read.', '[\"Look\",{", 1),
        (model_saw("Hello", by="editor"), "there are 0 such calls", None),
        (model_saw("Hello", call=4), "there are 3 such calls", None),
        (streamed(), "#1 came in 0 pieces", 1),
        (streamed(by="writer", pieces=3), "#2 came in 2 pieces", 2),
        (streamed(by="editor"), "no model was asked", None),
    ],
    ids=repr,
)
def test_does_not_hold(demand: Any, why: str, event: int | None) -> None:
    judged = judge(demand, TALK)

    assert (judged.holds, judged.event) == (False, event)
    assert judged.why.startswith(why)
