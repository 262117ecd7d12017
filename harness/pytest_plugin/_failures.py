"""How a report fails for what was missing, and how pytest gets over it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from traceback import format_exception_only, walk_tb

import pytest
from _pytest import fixtures, runner
from _pytest.outcomes import TEST_OUTCOME

from harness.errors import (
    HarnessError,
    NetworkBlocked,
    ReplayMiss,
    UnexpectedModelCall,
    UnknownCassette,
)

_OURS = (ReplayMiss, UnexpectedModelCall, UnknownCassette, NetworkBlocked)


class Drifted(BaseException):
    """Live answers that are not what was recorded. It is told, and never raised."""


def taken_for_outcomes() -> pytest.MonkeyPatch:
    """Lets what is missing end a fixture as pytest's own outcomes do, until it is undone.

    It is no `Exception`, after which alone pytest remembers that a fixture has failed, and goes on
    with the rest of a teardown: the cassettes of other tests would stay open.
    """
    patch = pytest.MonkeyPatch()
    for room in (fixtures, runner):
        patch.setattr(room, "TEST_OUTCOME", (*TEST_OUTCOME, *_OURS, BaseExceptionGroup))
    return patch


@contextmanager
def plainly() -> Iterator[None]:
    """A block in which a test fails for what the harness refuses, without a traceback."""
    try:
        yield
    except (HarnessError, pytest.UsageError) as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def failure_for(
    news: Sequence[BaseException],
    excinfo: pytest.ExceptionInfo[BaseException] | None,
    item: pytest.Item,
) -> pytest.ExceptionInfo[BaseException] | None:
    """The failure in the words of what was missing; None if nothing was.

    Args:
        news: What was missing since the last report, also if it was swallowed.
        excinfo: What came out of the test. A fixture that several tests want raises for all of
            them what was missing once.
        item: The test.
    """
    came = [] if excinfo is None else list(_leaves(excinfo.value))
    missing = list(news) or [each for each in came if isinstance(each, _OURS)]
    return _failed("\n".join(_told(missing, came, item))) if missing else None


def _told(
    missing: Sequence[BaseException], came: Sequence[BaseException], item: pytest.Item
) -> Iterator[str]:
    first, *rest = missing
    yield str(first)
    place = _place(first, item)
    if place:
        yield f"  asked at: {place}"
    yield from (str(each) for each in rest if isinstance(each, Drifted))
    more = sum(not isinstance(each, Drifted) for each in rest)
    if more:
        what = "1 more request was" if more == 1 else f"{more} more requests were"
        yield f"{what} not recorded."
    others = [each for each in came if not isinstance(each, _OURS)]
    was_swallowed = not isinstance(first, Drifted) and len(others) == len(came)
    for other in others:
        text = "".join(format_exception_only(other)).strip()
        yield f"{'It was swallowed. Then' if was_swallowed else 'Beside it'} came: {text}"


def _leaves(error: BaseException) -> Iterator[BaseException]:
    """What a group holds, and what doctest and pytest's warnings wrap, however deep."""
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else _wrapped(error)
    if not inner:
        yield error
    for each in inner:
        yield from _leaves(each)


def _wrapped(error: BaseException) -> Sequence[BaseException]:
    # A thread's exception is told in a warning, which may be an error.
    told = error.__cause__ if isinstance(error, Warning) else None
    # doctest is imported by nobody else: its error is known by what it holds.
    match getattr(error, "exc_info", None):
        case (_, BaseException() as unexpected, _):
            told = unexpected
    return [] if told is None else [told]


def _place(error: BaseException, item: pytest.Item) -> str:
    """The line of the test's file, else of a conftest, that led to it; empty if none did."""
    lines = [(Path(frame.f_code.co_filename), line) for frame, line in walk_tb(error.__traceback__)]
    own = [each for each in lines if each[0] == item.path]
    own = own or [each for each in lines if each[0].name == "conftest.py"]
    if not own:
        return ""
    file, line = own[-1]
    root = item.config.rootpath
    return f"{file.relative_to(root) if file.is_relative_to(root) else file}:{line}"


def _failed(text: str) -> pytest.ExceptionInfo[BaseException]:
    try:
        pytest.fail(text, pytrace=False)
    except pytest.fail.Exception as error:
        # Within a subtest another one is being handled, which says the same.
        error.__suppress_context__ = True
        return pytest.ExceptionInfo.from_exception(error)
