"""Reasoning between `<think>` tags, as some models write it into their answer."""

import warnings
from typing import NamedTuple

THINK_START = "<think>"
THINK_END = "</think>"


class Thinking(NamedTuple):
    """A text, parted."""

    thought: str | None
    """None when there is none to be found."""

    answer: str


def split_thinking(text: str) -> Thinking:
    """Parts the reasoning from the answer, and strips the white space around both.

    A text without the two tags in their order is all answer; a warning says so.
    """
    start, end = text.find(THINK_START), text.find(THINK_END)
    if start == -1 or end == -1:
        return _without_thought(
            text, "Could not find <think>..</think> field in model response content."
        )
    if end < start:
        return _without_thought(text, "Found </think> before <think> in model response content.")
    thought = text[start + len(THINK_START) : end].strip()
    return Thinking(thought, text[end + len(THINK_END) :].strip())


def _without_thought(text: str, reason: str) -> Thinking:
    warnings.warn(f"{reason} No thought was extracted.", UserWarning, stacklevel=4)
    return Thinking(None, text)
