"""The options of pytest's configuration file, and of its command line."""

from importlib.util import find_spec
from typing import Any, Literal, NamedTuple

import pytest

from harness.pytest_plugin._values import DURABILITIES, MODES, REACTIONS


class Option(NamedTuple):
    """A setting of the file and of the command line."""

    name: str
    """It is `harness_x = ...` in the file and `--harness-x` on the command line."""

    kind: Literal["string", "linelist", "bool", "args"]
    default: Any
    values: tuple[str, ...]
    help: str


OPTIONS = (
    Option("record_mode", "string", "none", MODES, "What may be recorded; nothing by default."),
    Option("cassettes", "string", "cassettes", (), "The cassettes' folder, from the root on."),
    Option("shared", "args", [], (), "Cassettes that are played where a test's own has nothing."),
    Option("ignore", "linelist", [], (), "What does not count when requests are compared: /seed"),
    Option("normalise", "linelist", [], (), "What counts as equal: uuid, or \\d+ ms -> <time>"),
    Option("match", "linelist", [], (), "Any other key part: match_on:method,path,body"),
    Option("redact", "linelist", [], (), "What else is secret: header:x-tenant"),
    Option("strict", "bool", False, (), "Requests must come in recorded order."),
    Option("durability", "string", "process", DURABILITIES, "What a recording outlives."),
    Option("unplayed", "string", "warn", REACTIONS, "When a test leaves interactions unplayed."),
    Option("orphans", "string", "ignore", REACTIONS, "When no test names a cassette."),
    Option("expire_days", "string", "0", (), "The age at which a cassette expires; 0 is never."),
    Option("expired", "string", "warn", REACTIONS, "When a cassette has expired."),
)


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Declares the options; those that pytest-recording has too are left to it."""
    group = parser.getgroup("harness", "cassettes, and scenarios of agent teams")
    for option in OPTIONS:
        parser.addini(f"harness_{option.name}", option.help, option.kind, option.default)
        group.addoption(f"--harness-{option.name.replace('_', '-')}", **_action(option))
    parser.addini("harness_allowed_hosts", "Hosts that are never blocked, as patterns.", "args")
    group.addoption("--harness-seed", type=int, default=0, help="Of ids and randomness.")
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


def _action(option: Option) -> dict[str, Any]:
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
