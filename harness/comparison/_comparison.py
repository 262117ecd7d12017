"""How one cassette differs from another: interaction by interaction, path by path."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from harness.answers import answer_of
from harness.comparison._pairing import paired
from harness.comparison._words import Piece, word_changes
from harness.interactions import Cassette, Failure, Interaction, Response
from harness.matching import json_of
from harness.trace import canonical

# They differ from recording to recording, whatever is said.
_VOLATILE = frozenset({"id", "created", "created_at", "system_fingerprint", "obfuscation"})
_MISSING = object()
_PLAIN = re.compile(r"[\w-]+")


@dataclass(frozen=True, slots=True)
class Change:
    """A part of an interaction that is not as it was."""

    path: str
    """`request.body.messages[0].content`."""

    pieces: tuple[Piece, ...]
    """What stood there and what stands there now, word by word; nothing where there is nothing."""


@dataclass(frozen=True, slots=True)
class ChangedInteraction:
    """An interaction that is new, gone, or other than it was."""

    old: int | None
    """Its number in the old cassette, from 1; None for a new one."""

    new: int | None
    """Its number in the new cassette; None for one that is gone."""

    agent: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two cassettes, compared."""

    old: str
    """What the old one is called; empty if there is none."""

    new: str
    same: int
    """How many interactions say the same."""

    other_ids: int
    """How many of those have other ids, times, or borders in a stream."""

    interactions: tuple[ChangedInteraction, ...]
    problem: str = ""
    """Why they were not compared: one can't be read."""

    @property
    def added(self) -> int:
        """How many are new."""
        return sum(each.old is None for each in self.interactions)

    @property
    def removed(self) -> int:
        """How many are gone."""
        return sum(each.new is None for each in self.interactions)

    @property
    def changed(self) -> int:
        """How many are other than they were."""
        return len(self.interactions) - self.added - self.removed


@dataclass(frozen=True, slots=True)
class Comparisons:
    """What `harness cassettes diff` tells: a comparison for each pair of files."""

    files: tuple[Comparison, ...]

    @property
    def differ(self) -> bool:
        """Whether anything that counts differs."""
        return any(each.interactions for each in self.files)


def compared(old_name: str, old: Cassette, new_name: str, new: Cassette) -> Comparison:
    """Compares two cassettes; ids, times and the borders of a stream's pieces don't count.

    Args:
        old_name: What the old one is called.
        old: The one.
        new_name: What the new one is called.
        new: The other.
    """
    same = other_ids = 0
    found = []
    for before, now in paired(old.interactions, new.interactions):
        if before is None or now is None:
            found.append(_only_in_one(before, now, old, new))
            continue
        one, other = old.interactions[before], new.interactions[now]
        if changes := tuple(_changes(one, other)):
            found.append(ChangedInteraction(before + 1, now + 1, other.agent, changes))
        else:
            same += 1
            other_ids += one != other
    return Comparison(old_name, new_name, same, other_ids, tuple(found))


def _only_in_one(
    before: int | None, now: int | None, old: Cassette, new: Cassette
) -> ChangedInteraction:
    if now is not None:
        return ChangedInteraction(None, now + 1, new.interactions[now].agent, ())
    assert before is not None
    return ChangedInteraction(before + 1, None, old.interactions[before].agent, ())


def _changes(old: Interaction, new: Interaction) -> Iterator[Change]:
    before, now = _tree(old), _tree(new)
    for part in before:
        yield from changes_between(part, before[part], now[part])


def _tree(interaction: Interaction) -> dict[str, Any]:
    request, response = interaction.request, interaction.response
    answered: dict[str, Any] = {"ending": _ending(interaction)}
    if isinstance(response, Response):
        answered |= {"status": response.status, "headers": dict(response.headers)}
        answered["body"] = without_volatile(answer_of(interaction)) or _body(response.content)
    return {
        "agent_path": list(interaction.agent_path),
        "test": interaction.test,
        "request": {
            "method": request.method,
            "url": request.url,
            "headers": dict(request.headers),
            "body": _body(request.body),
        },
        "response": answered,
    }


def _ending(interaction: Interaction) -> str:
    ending = interaction.response.ending
    return f"{ending.error}: {ending.message}" if isinstance(ending, Failure) else ending


def _body(body: bytes) -> Any:
    value = json_of(body)
    return body.decode(errors="backslashreplace") if value is None else without_volatile(value)


def without_volatile(value: Any) -> Any:
    """A JSON value without what differs from recording to recording."""
    if isinstance(value, dict):
        return {
            key: without_volatile(inner) for key, inner in value.items() if key not in _VOLATILE
        }
    return [without_volatile(inner) for inner in value] if isinstance(value, list) else value


def changes_between(path: str, old: Any, new: Any) -> Iterator[Change]:
    """All differences between two JSON values, in the order of the new one.

    Args:
        path: What leads to the values.
        old: The one.
        new: The other.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        for key in (*new, *(key for key in old if key not in new)):
            inner = f"{path}.{key}" if _PLAIN.fullmatch(key) else f"{path}[{key!r}]"
            yield from changes_between(inner, old.get(key, _MISSING), new.get(key, _MISSING))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _in_lists(path, old, new)
    elif isinstance(old, str) and isinstance(new, str):
        if old != new:
            yield Change(path, word_changes(old, new))
    elif old is _MISSING or new is _MISSING or canonical(old) != canonical(new):
        yield Change(path, (Piece(_shown(old), _shown(new)),))


def _in_lists(path: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Change]:
    codes = SequenceMatcher(None, [*map(canonical, old)], [*map(canonical, new)], autojunk=False)
    for kind, a, b, c, d in codes.get_opcodes():
        if kind == "equal":
            continue
        both = min(b - a, d - c)
        for at in range(both):
            yield from changes_between(f"{path}[{c + at}]", old[a + at], new[c + at])
        for at in range(a + both, b):
            yield Change(f"{path}[{at}]", (Piece(_shown(old[at]), ""),))
        for at in range(c + both, d):
            yield Change(f"{path}[{at}]", (Piece("", _shown(new[at])),))


def _shown(value: Any) -> str:
    if value is _MISSING:
        return ""
    return value if isinstance(value, str) else canonical(value)
