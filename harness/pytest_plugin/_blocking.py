"""Which tests have no network, but for which hosts."""

import re

import pytest

from harness.pytest_plugin._marks import MARKER, has_cassette
from harness.pytest_plugin._network import Guard
from harness.pytest_plugin._settings import Settings
from harness.pytest_plugin._values import checked, host_patterns

BLOCKED = "block_network"

_FIX = """@pytest.mark.cassette(scope="module") for what a module's fixtures ask"""


def guard_for(item: pytest.Item, settings: Settings) -> Guard | None:
    """Who closes the network to a test: it replays, or is blocked; None for all others."""
    modes = _modes(item)
    mark = item.get_closest_marker(BLOCKED)
    replays = modes is not None and (settings.rerecords or settings.mode(modes) in ("none", "once"))
    if not replays and (modes is not None or not (settings.blocks_network or mark)):
        return None
    return Guard(_FIX if replays else "@pytest.mark.cassette")


def hosts_allowed_to(item: pytest.Item, settings: Settings) -> tuple[re.Pattern[str], ...]:
    """The hosts that a test reaches in any case."""
    mark = item.get_closest_marker(BLOCKED)
    return (*settings.allowed_hosts, *(() if mark is None else hosts_allowed_by(mark)))


def wrong_marker_of(item: pytest.Item) -> str:
    """What is wrong with a test's marker, and where it stands; empty if nothing is."""
    mark = item.get_closest_marker(BLOCKED)
    try:
        if mark is not None:
            hosts_allowed_by(mark)
    except pytest.UsageError as error:
        file, line, _ = item.location
        return f"{file}:{(line or 0) + 1}: {error}"
    return ""


def hosts_allowed_by(mark: pytest.Mark) -> tuple[re.Pattern[str], ...]:
    """The hosts that a marker leaves open.

    Raises:
        UsageError: It has an argument that there is none of, or a pattern that is none.
    """
    where = f"@pytest.mark.{BLOCKED}"
    given = {**dict(zip(("allowed_hosts",), mark.args, strict=False)), **mark.kwargs}
    for name in given:
        checked(where, name, ("allowed_hosts",))
    said = given.get("allowed_hosts", ())
    return host_patterns(where, said.split(",") if isinstance(said, str) else said)


def _modes(item: pytest.Item) -> str | None:
    """The record mode that a test's markers name; None for a test without a cassette."""
    if not has_cassette(item):
        return None
    modes = (mark.kwargs.get("record_mode") for mark in item.iter_markers(MARKER))
    return next(filter(None, modes), "")
