"""What `@pytest.mark.cassette` asks for, with what the settings and `cassette_config` say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harness.pytest_plugin._settings import Settings
from harness.pytest_plugin._values import DURABILITIES, REACTIONS, SCOPES, checked, mode_of
from harness.pytest_plugin._vcr import is_vcr

MARKER = "cassette"

_LISTS = ("shared", "ignore", "normalise", "match", "redact", "ignore_hosts")
_VALUES = {"scope": SCOPES, "unplayed": REACTIONS, "durability": DURABILITIES}
_PASSED_ON = ("strict", "allow_playback_repeats", "ignore_localhost", "pace", "replace",
              "record_on_exception", "origin", "durability")  # fmt: skip
_KNOWN = tuple(dict.fromkeys(("name", "record_mode", *_LISTS, *_VALUES, *_PASSED_ON)))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A test's cassette, as it is declared."""

    name: str | Path | None = None
    """None for the test's own name."""

    scope: str = "function"
    record_mode: str = ""
    unplayed: str = ""
    layers: tuple[str | Path, ...] = ()
    """Names of cassettes that farther markers give: played where there is such a file."""

    lists: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    passed_on: Mapping[str, Any] = field(default_factory=dict)


def wanted_by(
    node: Any, config: Mapping[str, Any], vcr: Iterable[Mapping[str, Any]] = ()
) -> Wanted:
    """What the markers of a test, a class or a module say together.

    The closest one decides, and has name and scope to itself; what is a list is added up; the names
    of farther ones are layers.

    Args:
        node: Who is marked.
        config: What `cassette_config` says: as a marker that is farther than all others.
        vcr: What `@pytest.mark.vcr` and its fixture say, the closest first; not looked at where
            there is a marker of ours.

    Raises:
        UsageError: A marker has an argument, or a value, that there is none of.
    """
    own = [_arguments(mark) for mark in node.iter_markers(MARKER)]
    closest_first: list[Mapping[str, Any]] = [*(own or vcr)]
    closest_first.append(_checked(dict(config), "cassette_config"))
    merged: dict[str, Any] = {}
    for each in reversed(closest_first):
        merged.update(each)
    name, *farther = [each.get("name") for each in closest_first]
    return Wanted(
        name=name,
        scope=closest_first[0].get("scope") or closest_first[-1].get("scope", "function"),
        record_mode=merged.get("record_mode", ""),
        unplayed=merged.get("unplayed", ""),
        layers=tuple(each for each in farther if each is not None and each != name),
        lists={name: _added_up(name, closest_first) for name in _LISTS},
        passed_on={name: merged[name] for name in _PASSED_ON if name in merged},
    )


def is_marked(node: Any) -> bool:
    """Whether what is collected has the marker, or vcrpy's that nobody else sees to."""
    return has_own_marker(node) or is_vcr(node)


def has_own_marker(node: Any) -> bool:
    """Whether what is collected has our marker."""
    return node.get_closest_marker(MARKER) is not None


def has_cassette(item: pytest.Item) -> bool:
    """Whether a test has a cassette: by a marker, or by asking for it."""
    return is_marked(item) or "_cassette_in_use" in getattr(item, "fixturenames", ())


def key_parts_of(wanted: Wanted, settings: Settings) -> list[Any]:
    """The key parts of a session, those of all tests first.

    Raises:
        UsageError: A line declares none.
    """
    from harness.matching import parse_key_part

    lists = wanted.lists
    lines = (
        *(f"ignore:{each}" for each in (*settings.ignore, *lists["ignore"])),
        *(_normalising(each) for each in (*settings.normalise, *lists["normalise"])),
        *settings.match,
        *lists["match"],
    )
    return [parse_key_part(each) if isinstance(each, str) else each for each in lines]


def redact_of(wanted: Wanted, settings: Settings) -> list[Any]:
    """The rules for secrets of a session, those of all tests first.

    Raises:
        UsageError: A line is no rule.
    """
    from harness.redaction import parse_rule

    lines = (*settings.redact, *wanted.lists["redact"])
    return [parse_rule(each) if isinstance(each, str) else each for each in lines]


def _normalising(part: Any) -> Any:
    return f"normalise:{part}" if isinstance(part, str) else part


def _arguments(mark: pytest.Mark) -> dict[str, Any]:
    if len(mark.args) > 1:
        names = ", ".join(map(repr, mark.args))
        raise pytest.UsageError(
            f"@pytest.mark.cassette({names}) names {len(mark.args)} cassettes. Further ones that "
            f"are played: @pytest.mark.cassette({mark.args[0]!r}, shared=[{mark.args[1]!r}])."
        )
    given = {"name": mark.args[0], **mark.kwargs} if mark.args else dict(mark.kwargs)
    return _checked(given, "@pytest.mark.cassette")


def _checked(given: dict[str, Any], where: str) -> dict[str, Any]:
    for name, value in given.items():
        checked(where, name, _KNOWN)
        if name in _VALUES:
            checked(f"{where}, {name}", value, _VALUES[name])
    if mode := given.get("record_mode"):
        given["record_mode"] = mode_of(f"{where}, record_mode", mode)
    return given


def _added_up(name: str, closest_first: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
    return tuple(value for each in closest_first for value in _several(each.get(name, ())))


def _several(value: Any) -> Iterable[Any]:
    is_one = isinstance(value, str | Path) or not isinstance(value, Iterable)
    return (value,) if is_one else value
