"""The first difference between two requests: where it is, in which words, what it looks like."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from harness.matching._causes import cause_in_body, cause_of_address, rank, top_of
from harness.matching._content import Counted, Sent, by_name
from harness.matching._key import Matcher

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_AROUND = 12
"""How many tokens of the text are shown on each side of a changed word."""
_AHEAD = 400
"""Tokens behind the first difference that are compared."""
_LONGEST = 80
"""Characters of a changed text that are shown."""

_MISSING = object()


class Difference(NamedTuple):
    """Where two requests part."""

    path: str
    """`messages[0].content`."""

    words: str
    """`'Hi' became 'Hello' in "Say Hi to all."`."""

    cause: str
    """What it looks like: `a changed prompt`."""

    others: tuple[str, ...] = ()
    """Further parts of the request that differ, by name."""


def first_difference(
    recorded: Sent, asked: Sent, matcher: Matcher | None = None
) -> Difference | None:
    """How what is asked differs from what was recorded; None when nothing that counts does.

    Args:
        recorded: The one.
        asked: The other.
        matcher: Says what counts; by default all that counts by default.
    """
    matcher = matcher or Matcher()
    found = list(_differences(matcher.counted(recorded), matcher.counted(asked)))
    if not found:
        return None
    first, *others = found
    return Difference(*first, tuple(top_of(path) for path, _, _ in others))


def _differences(recorded: Counted, asked: Counted) -> Iterator[tuple[str, str, str]]:
    """The first difference in each part of the request, the likeliest cause first."""
    for name, old, new in _address(recorded, asked):
        for path, words in _first(name, old, new):
            yield path, words, cause_of_address(path, old, new)
    old, new = recorded.body, asked.body
    if not (isinstance(old, dict) and isinstance(new, dict)):
        yield from ((*each, "another body") for each in _first("body", _text(old), _text(new)))
        return
    for key in sorted({*old, *new}, key=rank):
        before, now = old.get(key, _MISSING), new.get(key, _MISSING)
        for path, words in _first(key, before, now):
            yield path, words, cause_in_body(path, before, now, asked.kind)


def _address(recorded: Counted, asked: Counted) -> Iterator[tuple[str, Any, Any]]:
    """All but the bodies."""
    yield "method", recorded.method, asked.method
    yield "scheme", recorded.scheme, asked.scheme
    yield "host", recorded.host, asked.host
    yield "port", recorded.port or _MISSING, asked.port or _MISSING
    yield "path", recorded.path, asked.path
    yield "query", _named(recorded.query, "="), _named(asked.query, "=")
    yield "headers", _named(recorded.headers, ": "), _named(asked.headers, ": ")


def _named(pairs: Sequence[str], sign: str) -> dict[str, Any]:
    return by_name((name, value) for name, _, value in (pair.partition(sign) for pair in pairs))


def _first(path: str, old: Any, new: Any) -> list[tuple[str, str]]:
    """The first difference between two JSON values, if there is one."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*new, *(key for key in old if key not in new)]:
            inner = f"{path}.{key}" if path else key
            if found := _first(inner, old.get(key, _MISSING), new.get(key, _MISSING)):
                return found
        return []
    if isinstance(old, list) and isinstance(new, list):
        return _first_in_lists(path, old, new)
    if old == new and isinstance(old, bool) == isinstance(new, bool):
        return []
    return [(path, _change(old, new))]


def _first_in_lists(path: str, old: list[Any], new: list[Any]) -> list[tuple[str, str]]:
    same = next((at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]),
                min(len(old), len(new)))  # fmt: skip
    place = f"{path}[{same}]"
    if len(new) > len(old) and new[same + len(new) - len(old) :] == old[same:]:
        return [(place, f"{_shown(new[same])} was added")]
    if len(old) > len(new) and old[same + len(old) - len(new) :] == new[same:]:
        return [(place, f"{_shown(old[same])} was removed")]
    return _first(place, old[same], new[same]) if same < min(len(old), len(new)) else []


def _change(old: Any, new: Any) -> str:
    if isinstance(old, str) and isinstance(new, str):
        return _word_change(old, new)
    if old is _MISSING:
        return f"was not set, is {_shown(new)}"
    if new is _MISSING:
        return f"was {_shown(old)}, is not set"
    return f"{_shown(old)} became {_shown(new)}"


def _word_change(old: str, new: str) -> str:
    if not any(map(str.isspace, old + new)):
        return f"{_shown(old)} became {_shown(new)}"
    before, after = _WORD.findall(old), _WORD.findall(new)
    start = _common(before, after)
    # What follows far behind the first change can't alter it, and costs time.
    ahead = slice(start, start + _AHEAD)
    codes = SequenceMatcher(None, before[ahead], after[ahead], autojunk=False).get_opcodes()
    _, a, b, c, d = next(code for code in codes if code[0] != "equal")
    if b - a == len(before) or d - c == len(after):
        return f"{_shown(old)} became {_shown(new)}"
    gone, come = "".join(before[start + a : start + b]), "".join(after[start + c : start + d])
    around = slice(max(0, start + c - _AROUND), start + d + _AROUND)
    lead = "…" if around.start else ""
    tail = "…" if around.stop < len(after) else ""
    return f"{_exchange(gone, come)} in {_shown(lead + ''.join(after[around]).strip() + tail)}"


def _exchange(gone: str, come: str) -> str:
    if not gone:
        return f"{_shown(come)} was added"
    if not come:
        return f"{_shown(gone)} was removed"
    return f"{_shown(gone)} became {_shown(come)}"


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    pairs = enumerate(zip(before, after, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(before), len(after)))


def _shown(value: Any) -> str:
    text = repr(value)
    limit = 2 * _LONGEST
    return text if len(text) <= limit else f"{text[:_LONGEST]}…{text[-_LONGEST // 4 :]}"


def _text(body: Any) -> Any:
    return body.decode(errors="backslashreplace") if isinstance(body, bytes) else body
