"""What an expectation is, and how a trace is judged by it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from types import FunctionType
from typing import Any, Concatenate, NamedTuple, ParamSpec, Protocol

from harness.result import Judgement
from harness.trace import Trace

P = ParamSpec("P")


class Verdict(NamedTuple):
    """Whether an expectation holds, and what shows it."""

    holds: bool
    why: str = ""
    """What came instead; empty when there is nothing to add."""

    event: int | None = None
    """Number of the event that decided it."""


@dataclass(frozen=True)
class Expectation:
    """A demand on a trace, as a value.

    Two expectations are equal when they read the same.
    """

    text: str
    """The demand in words, as it was written: `said(by='writer', text=contains('Hello'))`."""

    verdict: Callable[[Trace], Verdict] = field(compare=False)

    def judge(self, trace: Trace) -> Judgement:
        """Holds the trace against the demand."""
        return Judgement(expectation=self.text, **self.verdict(trace)._asdict())

    def __repr__(self) -> str:
        return self.text


class Judge(Protocol):
    """Anything that judges a trace."""

    def judge(self, trace: Trace) -> Judgement: ...


Demand = Judge | Callable[[Trace], bool | str | None]
"""What a scenario may expect: a Judge, or a plain function. A function says True (or nothing) when
the trace is as it should be, False or the reason when it is not; it may also use `assert`."""


def expectation(
    verdict: Callable[Concatenate[Trace, P], Verdict],
) -> Callable[P, Expectation]:
    """Makes a function of a trace, and of what is demanded, into a maker of expectations.

    >>> @expectation
    ... def starts_with(trace, speaker):
    ...     return Verdict(trace.chat()[0].source == speaker)
    >>> starts_with("user")
    starts_with('user')
    """

    @wraps(verdict)
    def make(*args: P.args, **kwargs: P.kwargs) -> Expectation:
        return Expectation(
            called(verdict, *args, **kwargs), lambda trace: verdict(trace, *args, **kwargs)
        )

    return make


def called(function: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    """A call as it is written.

    >>> called(max, 1, 2, key=None)
    'max(1, 2, key=None)'
    """
    arguments = [_written(value) for value in args]
    arguments += [f"{name}={_written(value)}" for name, value in kwargs.items()]
    return f"{function.__name__}({', '.join(arguments)})"


def as_judge(demand: Demand) -> Judge:
    """The demand itself, or an expectation made of a plain function."""
    if callable(getattr(demand, "judge", None)):
        return demand  # type: ignore[return-value]
    assert callable(demand)
    return Expectation(_title(demand), lambda trace: _verdict_of(demand, trace))


def judge(demand: Demand, trace: Trace) -> Judgement:
    """Holds a trace against a demand; a demand that raises does not hold."""
    judging = as_judge(demand)
    try:
        return judging.judge(trace)
    except Exception as error:
        why = f"judging it raised {type(error).__name__}: {error}"
        return Judgement(expectation=str(judging), holds=False, why=why)


def _verdict_of(function: Callable[[Trace], bool | str | None], trace: Trace) -> Verdict:
    try:
        answer = function(trace)
    except AssertionError as error:
        return Verdict(False, str(error) or "its assert does not hold")
    return (
        Verdict(False, answer)
        if isinstance(answer, str) and answer
        else Verdict(answer is not False)
    )


def _title(function: Callable[..., Any]) -> str:
    first, *_ = (function.__doc__ or "").strip().splitlines() or [""]
    return first or getattr(function, "__name__", type(function).__name__)


def _written(value: Any) -> str:
    if isinstance(value, FunctionType):
        return _title(value)  # Its repr holds an address.
    return "..." if value is Ellipsis else repr(value)
