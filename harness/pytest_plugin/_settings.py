"""What a test session is told: on the command line, else in pytest's configuration file."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.pytest_plugin._options import OPTIONS, Option
from harness.pytest_plugin._values import checked, host_patterns, mode_of


@dataclass(frozen=True, slots=True)
class Settings:
    """What a test session is told, of all its tests."""

    root: Path
    said_mode: str
    """The record mode of the command line; empty when it names none."""

    record_mode: str
    cassettes: Path
    shared: tuple[str, ...]
    ignore: tuple[str, ...]
    normalise: tuple[str, ...]
    match: tuple[str, ...]
    redact: tuple[str, ...]
    strict: bool
    durability: str
    unplayed: str
    orphans: str
    expire_days: int
    expired: str
    blocks_network: bool
    allowed_hosts: tuple[re.Pattern[str], ...]
    rerecords: bool
    playbacks: Path | None

    def mode(self, marked: str = "") -> str:
        """The record mode of a test, or a scenario, with a mode of its own."""
        return self.said_mode or marked or self.record_mode


def settings_of(config: pytest.Config) -> Settings:
    """The settings of a session.

    Raises:
        UsageError: A value is not one of those that there are; with the nearest.
    """
    if _SETTINGS not in config.stash:
        config.stash[_SETTINGS] = _read(config)
    return config.stash[_SETTINGS]


_SETTINGS = pytest.StashKey[Settings]()


def _read(config: pytest.Config) -> Settings:
    values = {option.name: _value(config, option) for option in OPTIONS}
    days = values.pop("expire_days")
    if not days.isdecimal():
        raise pytest.UsageError(f"harness_expire_days is a number of days, and not {days!r}.")
    said, playbacks = _said_mode(config), config.getoption("--harness-playbacks")
    hosts = config.getoption("--allowed-hosts", None) or ""
    return Settings(
        **{
            **values,
            "root": config.rootpath,
            "cassettes": config.rootpath / values["cassettes"],
            "said_mode": said,
            "expire_days": int(days),
            "blocks_network": bool(config.getoption("--block-network", False)),
            "allowed_hosts": (
                *host_patterns("harness_allowed_hosts", config.getini("harness_allowed_hosts")),
                *host_patterns("--allowed-hosts", hosts.split(",")),
            ),
            "rerecords": config.getoption("--rerecord"),
            "playbacks": None if playbacks is None else Path(os.path.abspath(playbacks)),  # noqa: PTH100 - not resolved: links stay as they were given
        }
    )


def _said_mode(config: pytest.Config) -> str:
    own = config.getoption("--harness-record-mode")
    # pytest-recording's own option has this name, and the same values.
    shared = config.getoption("--record-mode", None)
    for option, mode in (("--harness-record-mode", own), ("--record-mode", shared)):
        if mode:
            return mode_of(option, mode)
    return ""


def _value(config: pytest.Config, option: Option) -> Any:
    name = f"harness_{option.name}"
    said = config.getoption(f"--{name.replace('_', '-')}")
    if option.kind in ("linelist", "args"):
        return (*config.getini(name), *(said or ()))
    value = config.getini(name) if said is None else said
    if option.name == "record_mode":
        return mode_of(name, value)
    return checked(name, value, option.values) if option.values else value
