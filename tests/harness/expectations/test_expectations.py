from decimal import Decimal
from typing import Any

import pytest

from harness.expectations import (
    Verdict,
    all_of,
    any_of,
    asked_model,
    contains,
    expectation,
    judge,
    last_message,
    never_said,
    no_errors,
    not_,
    said,
    selected,
    speakers,
    stopped,
    tool_called,
    tool_result,
    within,
)
from harness.result import Judgement
from harness.trace import Event, Failed, MessageSent, ModelCalled, Stopped, Trace, Usage


def message(source: str, text: str, type_: str = "TextMessage", content: Any = None) -> MessageSent:
    return MessageSent(
        number=0,
        at_ns=0,
        source=source,
        type=type_,
        is_chat=not type_.endswith("Event"),
        text=text,
        body={"content": text if content is None else content},
    )


def model_call(agent: str, usd: str | None = "0.01", tokens: int = 10) -> ModelCalled:
    return ModelCalled(
        number=0,
        at_ns=0,
        agent=agent,
        call=1,
        model="gpt-4o",
        kept=0,
        messages=(),
        answer="",
        finish_reason="stop",
        usage=Usage(prompt_tokens=tokens),
        usd=None if usd is None else Decimal(usd),
        origin="replayed",
    )


def stop(reason: str | None) -> Stopped:
    return Stopped(number=0, at_ns=0, reason=reason)


def failure(error: str, text: str) -> Failed:
    return Failed(number=0, at_ns=0, error=error, text=text)


def trace(*events: Event) -> Trace:
    numbered = [each.model_copy(update={"number": n}) for n, each in enumerate(events)]
    return Trace(scenario="scenarios/a.py::b", events=tuple(numbered))


def requested(tool: str, arguments: str) -> MessageSent:
    call = {"id": "1", "name": tool, "arguments": arguments}
    return message("planner", f"calls {tool}", "ToolCallRequestEvent", [call])


def executed(tool: str, content: str, is_error: bool = False) -> MessageSent:
    result = {"call_id": "1", "name": tool, "content": content, "is_error": is_error}
    return message("planner", content, "ToolCallExecutionEvent", [result])


TALK = trace(
    message("user", "Say hello"),
    model_call("writer"),
    message("writer", "Hello"),
    message("editor", "Fine. APPROVE"),
    stop("Text 'APPROVE' mentioned"),
)
TOOLS = trace(
    message("user", "Weather?"),
    requested("weather", '{"city": "Paris", "days": 3}'),
    executed("weather", "rain"),
    requested("weather", '{"city": "Rome"}'),
    executed("weather", "boom", is_error=True),
    message("planner", "Rain, then nothing known"),
    stop(None),
)
BROKEN = trace(message("user", "hi"), failure("ValueError", "no"))


@pytest.mark.parametrize(
    ("demand", "of"),
    [
        (speakers("user", "writer", "editor"), TALK),
        (speakers("user", ..., "editor"), TALK),
        (speakers(..., "writer", ...), TALK),
        (speakers(...), TALK),
        (said(by="writer", text="Hello"), TALK),
        (said(text=contains("APPROVE")), TALK),
        (said(type="TextMessage", by="editor"), TALK),
        (never_said("Goodbye"), TALK),
        (never_said(contains("hello"), by="writer"), TALK),
        (last_message(contains("Fine"), by="editor"), TALK),
        (stopped(because=contains("APPROVE")), TALK),
        (stopped(), TALK),
        (stopped(because=None), TOOLS),
        (within(turns=2, model_calls=1, tool_calls=0, tokens=10, usd=0.01), TALK),
        (within(tool_calls=2), TOOLS),
        (asked_model(times=1, by="writer"), TALK),
        (asked_model(times=0), TOOLS),
        (no_errors(), TALK),
        (tool_called("weather", args={"city": "Paris"}), TOOLS),
        (tool_called("weather", by="planner", times=2), TOOLS),
        (tool_called("search", times=0), TOOLS),
        (tool_result("weather", "rain", by="planner"), TOOLS),
        (all_of(stopped(), no_errors()), TALK),
        (any_of(said(text="Bye"), stopped()), TALK),
        (not_(said(text="Bye")), TALK),
    ],
    ids=repr,
)
def test_holds(demand: Any, of: Trace) -> None:
    assert judge(demand, of).holds


@pytest.mark.parametrize(
    ("demand", "of", "why", "event"),
    [
        (
            speakers("user", "editor", "writer"),
            TALK,
            "came: user, writer, editor; #2 is the first to differ",
            2,
        ),
        (speakers("user"), TALK, "came: user, writer, editor; #2 is the first to differ", 2),
        (
            speakers("user", "writer", "editor", "writer"),
            TALK,
            "came: user, writer, editor; 3 messages are too few",
            3,
        ),
        (
            said(by="writer", text=contains("Bye")),
            TALK,
            "what came: #2 writer: 'Hello'",
            2,
        ),
        (said(by="nobody"), TALK, "there is no such message of nobody", None),
        (never_said("Hello"), TALK, "#2 writer: 'Hello'", 2),
        (last_message("Hello"), TALK, "the last is #3 editor: 'Fine. APPROVE'", 3),
        (
            stopped(because="Maximum"),
            TALK,
            "it stopped because \"Text 'APPROVE' mentioned\"",
            4,
        ),
        (stopped(), BROKEN, "it failed with ValueError: no", 1),
        (no_errors(), BROKEN, "ValueError: no", 1),
        (no_errors(), TOOLS, "weather gave 'boom'", 4),
        (
            within(turns=1, tokens=5),
            TALK,
            "turns: 2 is more than 1; tokens: 10 is more than 5",
            None,
        ),
        (asked_model(times=2), TALK, "it was asked 1 times", 1),
        (tool_called("search"), TOOLS, None, 3),
        (tool_called("weather", args={"city": "Oslo"}), TOOLS, None, 3),
        (tool_called("weather", times=3), TOOLS, None, 3),
        (tool_result("weather", "sun"), TOOLS, None, 4),
        (
            selected("writer"),
            TALK,
            "the team told of no choice; build it with emit_team_events=True",
            None,
        ),
        (all_of(stopped(), said(text="Bye")), TALK, None, 3),
        (not_(stopped()), TALK, "it holds", 4),
    ],
    ids=repr,
)
def test_does_not_hold(demand: Any, of: Trace, why: str | None, event: int | None) -> None:
    judged = judge(demand, of)

    assert not judged.holds
    assert judged.event == event
    assert why is None or judged.why == why


def test_a_missing_tool_call_is_told_with_those_that_came() -> None:
    judged = judge(tool_called("weather", args={"city": "Oslo"}), TOOLS)

    assert judged.why == (
        'what came: #1 planner: weather({"city": "Paris", "days": 3}), '
        '#3 planner: weather({"city": "Rome"})'
    )


def test_a_budget_in_dollars_fails_while_a_price_is_unknown() -> None:
    judged = judge(within(usd="1"), trace(model_call("writer", usd=None)))

    assert judged.why == "usd: the price of 1 model calls is not known"


def test_choices_of_a_team_are_read_from_its_events() -> None:
    chosen = trace(
        message("team", "writer", "SelectSpeakerEvent", ["writer"]),
        message("team", "editor", "SelectSpeakerEvent", ["editor"]),
    )

    assert judge(selected("writer", "editor"), chosen).holds
    assert judge(selected("editor", ...), chosen).why == "came: writer, editor"


def test_an_expectation_reads_as_it_is_written() -> None:
    text = "said(by='writer', text=contains('Hello'))"

    assert repr(said(by="writer", text=contains("Hello"))) == text
    assert repr(speakers("user", ..., "editor")) == "speakers('user', ..., 'editor')"


def test_a_function_inside_an_expectation_reads_as_its_title() -> None:
    assert repr(not_(long_enough)) == "not_(It is long enough.)"


def test_expectations_that_read_the_same_are_equal() -> None:
    assert stopped(because="x") == stopped(because="x") != stopped(because="y")


def test_a_function_becomes_an_expectation() -> None:
    @expectation
    def begins_with(of: Trace, speaker: str) -> Verdict:
        return Verdict(of.chat()[0].source == speaker, "somebody else began", 0)

    assert judge(begins_with("writer"), TALK) == Judgement(
        expectation="begins_with('writer')", holds=False, why="somebody else began", event=0
    )


def long_enough(of: Trace) -> bool:
    """It is long enough."""
    return len(of.events) > 2


def fine(of: Trace) -> str:
    return "" if of.events else "nothing happened"


def asserted(of: Trace) -> None:
    assert of.events, "there are no events"


@pytest.mark.parametrize("function", [long_enough, fine, asserted])
def test_a_plain_function_is_an_expectation(function: Any) -> None:
    assert judge(function, TALK).holds


@pytest.mark.parametrize(
    ("function", "expectation", "why"),
    [
        (long_enough, "It is long enough.", ""),
        (fine, "fine", "nothing happened"),
        (asserted, "asserted", "there are no events"),
        (
            lambda of: of.events[3],
            "<lambda>",
            "judging it raised IndexError: tuple index out of range",
        ),
    ],
)
def test_a_plain_function_says_why_it_does_not_hold(
    function: Any, expectation: str, why: str
) -> None:
    judged = judge(function, trace())

    assert (judged.holds, judged.expectation) == (False, expectation)
    assert judged.why.startswith(why)
