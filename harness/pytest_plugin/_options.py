"""What is set in pytest's configuration file, or on its command line, which comes first."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytest

MODES = ("none", "once", "new_episodes", "all", "rewrite", "verify", "live")
WRITING = frozenset({"once", "new_episodes", "all", "rewrite"})
REACTIONS = ("ignore", "warn", "fail")
SCOPES = ("function", "class", "module", "package", "session")


class _Option(NamedTuple):
    name: str
    kind: Literal["string", "linelist", "bool", "args"]
    default: Any
    values: tuple[str, ...]
    help: str


# Each is `harness_x = ...` in the file and `--harness-x` on the command line.
_OPTIONS = (
    _Option("record_mode", "string", "none", MODES, "What may be recorded; nothing by default."),
    _Option("cassettes", "string", "cassettes", (), "The cassettes' folder, from the root on."),
    _Option("shared", "args", [], (), "Cassettes that are played where a test's own has nothing."),
    _Option("ignore", "linelist", [], (), "What does not count when requests are compared: /seed"),
    _Option("normalise", "linelist", [], (), "What counts as equal: uuid, or \\d+ ms -> <time>"),
    _Option("match", "linelist", [], (), "Any other key part: match_on:method,path,body"),
    _Option("redact", "linelist", [], (), "What else is secret: header:x-tenant"),
    _Option("strict", "bool", False, (), "Requests must come in recorded order."),
    _Option("durability", "string", "process", ("process", "power"), "What a recording outlives."),
    _Option("unplayed", "string", "warn", REACTIONS, "When a test leaves interactions unplayed."),
    _Option("orphans", "string", "ignore", REACTIONS, "When no test names a cassette."),
    _Option("expire_days", "string", "0", (), "The age at which a cassette expires; 0 is never."),
    _Option("expired", "string", "warn", REACTIONS, "When a cassette has expired."),
)


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


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Declares the options; those that pytest-recording has too are left to it."""
    group = parser.getgroup("harness", "cassettes, and scenarios of agent teams")
    for option in _OPTIONS:
        parser.addini(f"harness_{option.name}", option.help, option.kind, option.default)
        group.addoption(f"--harness-{option.name.replace('_', '-')}", **_action(option))
    parser.addini("harness_allowed_hosts", "Hosts that are never blocked, as patterns.", "args")
    group.addoption("--harness-seed", type=int, default=0, help="Of ids and randomness.")
    group.addoption("--harness-verify", action="store_true", help="--record-mode verify")
    group.addoption(
        "--rerecord",
        action="store_true",
        help="Run only tests whose cassette was stale in the last run, or missing; record it.",
    )
    group.addoption("--harness-playbacks", metavar="FILE", help="Where to leave what was played.")
    if find_spec("pytest_recording") is None or pluginmanager.is_blocked("recording"):
        _declare_common(group)


def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser) -> None:
    """pytest-recording may be installed and not loaded: now all plugins are known."""
    if not hasattr(early_config.known_args_namespace, "record_mode"):
        _declare_common(parser.getgroup("harness"))


def settings_of(config: pytest.Config) -> Settings:
    """The settings of a session.

    Raises:
        UsageError: A value is not one of those that there are; with the nearest.
    """
    if _SETTINGS not in config.stash:
        config.stash[_SETTINGS] = _read(config)
    return config.stash[_SETTINGS]


def checked(what: str, value: str, values: Sequence[str]) -> str:
    """A value that must be one of several.

    Raises:
        UsageError: It is none of them; with the nearest.
    """
    if value in values:
        return value
    from difflib import get_close_matches

    near = get_close_matches(value, values, n=1)
    meant = f"Did you mean {near[0]!r}? " if near else ""
    raise pytest.UsageError(f"{what}: there is no {value!r}. {meant}One of: {', '.join(values)}.")


_SETTINGS = pytest.StashKey[Settings]()


def _action(option: _Option) -> dict[str, Any]:
    if option.kind == "bool":
        return {"action": "store_true", "default": None, "help": option.help}
    if option.kind == "string":
        return {"help": option.help, "metavar": "|".join(option.values) or "VALUE"}
    return {"help": f"{option.help} May be repeated.", "action": "append", "metavar": "VALUE"}


def _declare_common(group: Any) -> None:
    modes = f"What may be recorded ({', '.join(MODES)}); nothing by default."
    group.addoption("--record-mode", default=None, dest="record_mode", help=modes, metavar="MODE")
    group.addoption(
        "--block-network", action="store_true", help="For all tests, unless they record."
    )
    hosts = "Hosts that are never blocked, as patterns with commas between."
    group.addoption("--allowed-hosts", default=None, help=hosts, metavar="PATTERNS")


def _read(config: pytest.Config) -> Settings:
    values = {option.name: _value(config, option) for option in _OPTIONS}
    days = values.pop("expire_days")
    if not days.isdecimal():
        raise pytest.UsageError(f"harness_expire_days is a number of days, and not {days!r}.")
    said, playbacks = _said_mode(config), config.getoption("--harness-playbacks")
    hosts = config.getoption("--allowed-hosts", None)
    return Settings(
        **{
            **values,
            "root": config.rootpath,
            "cassettes": config.rootpath / values["cassettes"],
            "said_mode": said,
            "expire_days": int(days),
            "blocks_network": bool(config.getoption("--block-network", False)),
            "allowed_hosts": tuple(
                host_pattern(each)
                for each in (*config.getini("harness_allowed_hosts"), *(hosts or "").split(","))
                if each.strip()
            ),
            "rerecords": config.getoption("--rerecord"),
            "playbacks": None if playbacks is None else Path(os.path.abspath(playbacks)),  # noqa: PTH100 - not resolved: links stay as they were given
        }
    )


def host_pattern(host: str) -> re.Pattern[str]:
    """What hosts that may be reached are called.

    Raises:
        UsageError: It is no regular expression; with the one that was meant.
    """
    try:
        return re.compile(host.strip())
    except re.error as error:
        meant = re.escape(host.strip()).replace(r"\*", ".*")
        raise pytest.UsageError(
            f"--allowed-hosts: {host!r} is not a regular expression: {error}. "
            f"Did you mean {meant!r}?"
        ) from error


def _said_mode(config: pytest.Config) -> str:
    own = config.getoption("--harness-record-mode")
    # pytest-recording's own option has this name, and the same values.
    shared = config.getoption("--record-mode", None)
    for option, mode in (("--harness-record-mode", own), ("--record-mode", shared)):
        if mode:
            return checked(option, mode, MODES)
    return "verify" if config.getoption("--harness-verify") else ""


def _value(config: pytest.Config, option: _Option) -> Any:
    name = f"harness_{option.name}"
    said = config.getoption(f"--{name.replace('_', '-')}")
    if option.kind in ("linelist", "args"):
        return (*config.getini(name), *(said or ()))
    value = config.getini(name) if said is None else said
    return checked(name, value, option.values) if option.values else value
