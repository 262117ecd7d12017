"""Matchers: what a single value, such as a text or a tool's argument, may be."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from harness.expectations._judging import called

P = ParamSpec("P")

_NUMBER = re.compile(r"[-+]?(?:\d[\d,]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


@dataclass(frozen=True)
class Matcher:
    """A demand on a value, as a value; two are equal when they read the same."""

    text: str
    accepts: Callable[[Any], bool] = field(compare=False)

    def __repr__(self) -> str:
        return self.text


def matcher(accepts: Callable[Concatenate[Any, P], bool]) -> Callable[P, Matcher]:
    """Makes a function of a value, and of what is demanded, into a maker of matchers."""

    @wraps(accepts)
    def make(*args: P.args, **kwargs: P.kwargs) -> Matcher:
        return Matcher(
            called(accepts, *args, **kwargs), lambda value: accepts(value, *args, **kwargs)
        )

    return make


def accepts(demand: Any, value: Any) -> bool:
    """Whether a value is as demanded: by a matcher, a compiled pattern, or an equal value.

    Of a mapping the keys that the demand names are looked at, the others are free.
    """
    match demand:
        case Matcher():
            return demand.accepts(value)
        case re.Pattern():
            return isinstance(value, str) and demand.search(value) is not None
        case dict():
            return isinstance(value, dict) and all(
                key in value and accepts(wanted, value[key]) for key, wanted in demand.items()
            )
        case _:
            return bool(demand == value)


@matcher
def anything(value: Any) -> bool:
    """Any value at all."""
    return True


@matcher
def equals(value: Any, wanted: Any) -> bool:
    """A value equal to the wanted one; a mapping with the very same keys."""
    return bool(value == wanted)


@matcher
def contains(value: Any, *parts: Any) -> bool:
    """A text, or a collection, that holds every one of the parts."""
    return hasattr(value, "__contains__") and all(part in value for part in parts)


@matcher
def matches(value: Any, pattern: str) -> bool:
    """A text in which the regular expression is found; anchor it to match the whole."""
    return isinstance(value, str) and re.search(pattern, value) is not None


@matcher
def one_of(value: Any, *demands: Any) -> bool:
    """A value that one of the demands accepts."""
    return any(accepts(demand, value) for demand in demands)


@matcher
def number(value: Any, near: float | Decimal, tolerance: float | Decimal = 0) -> bool:
    """A number no further than the tolerance from `near`, or a text that holds such a number."""
    found = _NUMBER.findall(value) if isinstance(value, str) else [value]
    return any(_is_near(each, _decimal(near), _decimal(tolerance)) for each in found)


def _is_near(found: Any, near: Decimal, tolerance: Decimal) -> bool:
    try:
        return abs(_decimal(found) - near) <= tolerance
    except InvalidOperation:
        return False


def _decimal(value: Any) -> Decimal:
    # Through the text: Decimal(0.1) is not 0.1.
    return Decimal(str(value).replace(",", ""))
