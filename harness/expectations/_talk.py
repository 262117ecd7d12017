"""Expectations of who speaks, what is said, and why it ends."""

from collections.abc import Sequence
from types import EllipsisType
from typing import Any

from harness.expectations._judging import Verdict, expectation
from harness.expectations._matchers import accepts, anything
from harness.trace import Failed, MessageSent, Trace

Speaker = str | EllipsisType

ANYTHING = anything()


@expectation
def speakers(trace: Trace, *names: Speaker) -> Verdict:
    """Who sent the chat messages, in order, the task's sender included.

    `...` stands for any number of messages: `speakers("user", ..., "editor")`.
    """
    chat = trace.chat()
    came = [message.source for message in chat]
    agreed = _longest_agreement(came, names)
    if agreed is None:
        return Verdict(True)
    return Verdict(False, *_departure(chat, names, agreed))


@expectation
def said(
    trace: Trace,
    *,
    by: str | None = None,
    text: Any = ANYTHING,
    type: str | None = None,  # noqa: A002 - what the message's own field is called
) -> Verdict:
    """At least one chat message is like this.

    Args:
        trace: What happened.
        by: Who sent it; None for anyone.
        text: What a person reads of it.
        type: The message's class, such as `HandoffMessage`.
    """
    candidates = [
        message
        for message in trace.chat()
        if by in (None, message.source) and type in (None, message.type)
    ]
    for message in candidates:
        if accepts(text, message.text):
            return Verdict(True, event=message.number)
    return _nobody_said(candidates, by or "anyone")


@expectation
def never_said(trace: Trace, text: Any, *, by: str | None = None) -> Verdict:
    """No chat message, of that sender or of any, has such a text."""
    for message in trace.chat():
        if by in (None, message.source) and accepts(text, message.text):
            return Verdict(False, f"{shown(message)}", message.number)
    return Verdict(True)


@expectation
def last_message(trace: Trace, text: Any = ANYTHING, *, by: str | None = None) -> Verdict:
    """The last chat message has such a text, and such a sender."""
    chat = trace.chat()
    if not chat:
        return Verdict(False, "there is no message")
    last = chat[-1]
    if by in (None, last.source) and accepts(text, last.text):
        return Verdict(True, event=last.number)
    return Verdict(False, f"the last is {shown(last)}", last.number)


@expectation
def stopped(trace: Trace, *, because: Any = ANYTHING) -> Verdict:
    """The run came to its end, and gave this reason; the reason of one that just ends is None."""
    last = trace.events[-1] if trace.events else None
    if last is None:
        return Verdict(False, "nothing happened")
    if isinstance(last, Failed):
        return Verdict(False, f"it failed with {last.error}: {last.text}", last.number)
    reason = trace.stop_reason
    if accepts(because, reason):
        return Verdict(True, event=last.number)
    return Verdict(False, f"it stopped because {reason!r}", last.number)


@expectation
def selected(trace: Trace, *names: Speaker) -> Verdict:
    """Whom the team chose to speak, in order; `...` stands for any number of choices.

    The team must tell about its choices (`emit_team_events=True`).
    """
    choices = [message for message in trace.messages() if message.type == "SelectSpeakerEvent"]
    came = [name for message in choices for name in message.body.get("content", ())]
    if _longest_agreement(came, names) is None:
        return Verdict(True)
    if not choices:
        return Verdict(False, "the team told of no choice; build it with emit_team_events=True")
    return Verdict(False, f"came: {', '.join(came)}", choices[-1].number)


def shown(message: MessageSent, width: int = 200) -> str:
    """A message in one line, with its number."""
    text = message.text if len(message.text) <= width else message.text[: width - 1] + "…"
    return f"#{message.number} {message.source}: {text!r}"


def _nobody_said(candidates: Sequence[MessageSent], whom: str) -> Verdict:
    if not candidates:
        return Verdict(False, f"there is no such message of {whom}")
    last = candidates[-1]
    more = f" (and {len(candidates) - 1} before)" if len(candidates) > 1 else ""
    return Verdict(False, f"what came: {shown(last)}{more}", last.number)


def _longest_agreement(came: Sequence[str], names: Sequence[Speaker]) -> int | None:
    """None when all of it agrees; else how many of `came` agree at least from the beginning."""
    reached, furthest = {0}, 0
    for name in names:
        if name is Ellipsis:
            reached = set(range(min(reached), len(came) + 1)) if reached else reached
            continue
        reached = {at + 1 for at in reached if at < len(came) and came[at] == name}
        if not reached:
            return furthest
        furthest = min(reached)
    return None if len(came) in reached else furthest


def _departure(
    chat: Sequence[MessageSent], names: Sequence[Speaker], agreed: int
) -> tuple[str, int | None]:
    came = ", ".join(message.source for message in chat) or "nobody"
    if agreed < len(chat):
        other = chat[agreed]
        return f"came: {came}; #{other.number} is the first to differ", other.number
    last = chat[-1].number if chat else None
    return f"came: {came}; {len(chat)} messages are too few", last
