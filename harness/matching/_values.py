"""Walks through JSON values: what a pointer leads to, and every text and number below."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

LEFT_OUT = object()
"""What a change returns for a part that is to go."""


def steps_of(pointer: str) -> list[str]:
    """A JSON pointer's steps; `*` is one that leads everywhere."""
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def changed(value: Any, steps: Sequence[str], change: Callable[[Any], Any]) -> Any:
    """A copy in which the parts that the steps lead to are changed, or left out."""
    if not steps:
        return change(value)
    step, rest = steps[0], steps[1:]
    if isinstance(value, dict):
        members = {
            key: changed(inner, rest, change) if step in ("*", key) else inner
            for key, inner in value.items()
        }
        return {key: inner for key, inner in members.items() if inner is not LEFT_OUT}
    if isinstance(value, list):
        items = [
            changed(inner, rest, change) if step in ("*", str(position)) else inner
            for position, inner in enumerate(value)
        ]
        return [inner for inner in items if inner is not LEFT_OUT]
    return value


def with_leaves(value: Any, change: Callable[[Any], Any]) -> Any:
    """A copy in which every text, number and the like is changed; keys stay."""
    if isinstance(value, dict):
        return {key: with_leaves(inner, change) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_leaves(inner, change) for inner in value]
    return change(value)


def texts_of(value: Any) -> Iterator[str]:
    """Every text below a value, in an order that does not depend on that of the keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key in sorted(value):
            yield from texts_of(value[key])
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)
