"""What settings and markers take for values, and what they say of others."""

import re
from collections.abc import Iterable, Sequence

import pytest

from harness.errors import HarnessError

MODES = ("none", "once", "new_episodes", "all", "rewrite", "verify", "live")
WRITING = frozenset({"once", "new_episodes", "all", "rewrite"})
REACTIONS = ("ignore", "warn", "fail")
DURABILITIES = ("process", "power")
SCOPES = ("function", "class", "module", "package", "session")


def checked(what: str, value: str, values: Sequence[str]) -> str:
    """A value that must be one of several.

    Raises:
        UsageError: It is none of them; with the nearest.
    """
    if value in values:
        return value
    from difflib import get_close_matches

    near = get_close_matches(str(value), values, n=1)
    meant = f"Did you mean {near[0]!r}? " if near else ""
    raise pytest.UsageError(f"{what}: there is no {value!r}. {meant}One of: {', '.join(values)}.")


def mode_of(what: str, value: str) -> str:
    """A record mode, with dashes or underscores.

    Raises:
        UsageError: It is none; with the nearest.
    """
    spelt = value.replace("-", "_")
    if spelt in MODES:
        return spelt
    from harness.session import mode_named

    try:
        return mode_named(value).value
    except HarnessError as error:
        raise pytest.UsageError(f"{what}: {error}") from error


def host_patterns(where: str, hosts: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    """What hosts that may be reached are called.

    Raises:
        UsageError: One is no regular expression; with the one that was meant.
    """
    return tuple(_host_pattern(where, each.strip()) for each in hosts if each.strip())


def _host_pattern(where: str, host: str) -> re.Pattern[str]:
    try:
        return re.compile(host)
    except re.error as error:
        meant = re.escape(host).replace(r"\*", ".*")
        raise pytest.UsageError(
            f"{where}: {host!r} is not a regular expression: {error}. Did you mean {meant!r}?"
        ) from error
