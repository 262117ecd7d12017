"""Expectations of the model: how often it was asked, what it was shown, how its answers came."""

from collections.abc import Iterator
from typing import Any

from harness.expectations._judging import Verdict, expectation
from harness.expectations._matchers import accepts
from harness.trace import ModelCalled, Trace, canonical


@expectation
def asked_model(trace: Trace, *, times: int, by: str | None = None) -> Verdict:
    """A model was asked that often, by one agent or by all."""
    calls = [call for call in trace.model_calls() if by in (None, call.agent)]
    if len(calls) == times:
        return Verdict(True)
    last = calls[-1].number if calls else None
    return Verdict(False, f"it was asked {len(calls)} times", last)


@expectation
def model_saw(
    trace: Trace, text: Any, *, by: str | None = None, call: int | None = None
) -> Verdict:
    """A model was shown a message with such a text; of a message in parts, its JSON is looked at.

    Args:
        trace: What happened.
        text: What one message of the prompt is like.
        by: The agent that asked; None for any.
        call: Which of its calls, from 1; None for any.
    """
    prompts = [each for each in _prompts(trace) if by in (None, each[0].agent)]
    looked_at = prompts if call is None else prompts[call - 1 : call]
    for asked, prompt in looked_at:
        if any(accepts(text, shown) for shown in prompt):
            return Verdict(True, event=asked.number)
    if not looked_at:
        return Verdict(False, f"there are {len(prompts)} such calls")
    asked, prompt = looked_at[-1]
    return Verdict(False, f"#{asked.number} was shown: {_listed(prompt)}", asked.number)


@expectation
def streamed(trace: Trace, *, by: str | None = None, pieces: int = 1) -> Verdict:
    """A model's answers came as streams, each of at least so many pieces."""
    calls = [call for call in trace.model_calls() if by in (None, call.agent)]
    for call in calls:
        if call.chunks < pieces:
            return Verdict(False, f"#{call.number} came in {call.chunks} pieces", call.number)
    return Verdict(bool(calls), "" if calls else "no model was asked")


def _prompts(trace: Trace) -> Iterator[tuple[ModelCalled, list[str]]]:
    """Each model call with the texts of its whole prompt: a trace only has what is new in it."""
    last: dict[tuple[str, ...], list[str]] = {}
    for call in trace.model_calls():
        agent = tuple(part.partition("#")[0] for part in call.path)
        kept = last.get(agent, [])[: call.kept]
        last[agent] = kept + [_text_of(message) for message in call.messages]
        yield call, last[agent]


def _text_of(message: dict[str, Any]) -> str:
    content = message.get("content")
    return content if isinstance(content, str) else canonical(content)


def _listed(texts: list[str], width: int = 100) -> str:
    return ", ".join(repr(t if len(t) <= width else t[: width - 1] + "…") for t in texts)
