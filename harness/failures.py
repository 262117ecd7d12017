"""Exceptions of a subject, as they are told: the same words on every machine."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import TypeVar

from harness.errors import ReplayMiss, UnexpectedModelCall
from harness.result import Failure

E = TypeVar("E", bound=BaseException)

MISSES = (ReplayMiss, UnexpectedModelCall)
"""What says that a model call has no answer."""

_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,16}\b")
_LIBRARIES = ("site-packages", "dist-packages")
_OURS = tuple(Path(__file__).resolve().parents[1] / each for each in ("agentchat", "harness"))


def failure_of(error: BaseException, root: Path, replacements: Mapping[str, str]) -> Failure:
    """What was raised: its class, its words, and the place in the project's own code.

    Args:
        error: What reached the runner.
        root: The project; paths inside it are told from there.
        replacements: Further texts of this machine, and what to say instead.
    """
    original = _original(error)
    text = _told(original)
    for found, stable in {**replacements, f"{root}/": ""}.items():
        text = text.replace(found, stable)
    return Failure(
        error=type(original).__name__,
        text=_ADDRESS.sub("0x…", text),
        where=_where(original.__traceback__, root),
    )


def cause_in(error: BaseException, *kinds: type[E]) -> E | None:
    """The first error of these kinds that led to the error, or is it; None when there is none."""
    for each in _chain(error):
        if isinstance(each, kinds):
            return each
    return None


def _told(error: BaseException) -> str:
    """The words of an error, and of those it was raised from."""
    cause = error.__cause__
    if cause is None:
        return str(error)
    return f"{error}\ncaused by {type(cause).__name__}: {_told(cause)}"


def _original(error: BaseException) -> BaseException:
    """What a participant raised, for the RuntimeError that its team wraps around it."""
    cause = error.__cause__
    if cause is None or type(error) is not RuntimeError:
        return error
    return _original(cause) if str(error).startswith(f"{type(cause).__name__}: ") else error


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for member in error.exceptions:
                yield from _chain(member)
        error = error.__cause__ or error.__context__


def _where(trace: TracebackType | None, root: Path) -> str | None:
    """The innermost frame of the project that is no library's."""
    found = None
    for frame, line in walk_tb(trace):
        file = Path(frame.f_code.co_filename)
        if file.is_relative_to(root) and not _is_library(file, root):
            found = f"{file.relative_to(root).as_posix()}:{line} in {frame.f_code.co_name}"
    return found


def _is_library(file: Path, root: Path) -> bool:
    is_installed = any(part in _LIBRARIES for part in file.relative_to(root).parts)
    return is_installed or any(file.is_relative_to(each) for each in _OURS)
