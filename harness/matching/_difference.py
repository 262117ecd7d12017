"""The first difference between two requests: where it is, in which words, what it looks like."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from harness.matching._key import Sent, json_of

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_AROUND = 12
"""How many tokens of the text are shown on each side of a changed word."""
_AHEAD = 400
"""Tokens behind the first difference that are compared."""
_LONGEST = 80
"""Characters of a changed text that are shown."""

# What a request is built from comes before what was said: a changed tool shows in the prompts too.
_ORDER = ("model", "tools", "tool_choice", "response_format")
_SAID_LAST = ("messages", "input", "prompt", "contents", "system", "instructions")
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


def first_difference(recorded: Sent, asked: Sent) -> Difference | None:
    """How what is asked differs from what was recorded; None when nothing does."""
    found = list(_differences(recorded, asked))
    if not found:
        return None
    (path, words), *others = found
    return Difference(path, words, _cause(path), tuple(_top(other) for other, _ in others))


def _differences(recorded: Sent, asked: Sent) -> Iterator[tuple[str, str]]:
    """The first difference in each part of the request, the likeliest cause first."""
    for path, before, now in (
        ("method", recorded.method, asked.method),
        ("url", _address(recorded.url), _address(asked.url)),
    ):
        if before != now:
            yield path, _change(before, now)
    old, new = json_of(recorded.body), json_of(asked.body)
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}, key=_rank):
            yield from _first("", {key: old.get(key, _MISSING)}, {key: new.get(key, _MISSING)})
    elif old is not None and new is not None:
        yield from _first("", old, new)
    elif recorded.body != asked.body:
        yield "body", _change(_text(recorded.body), _text(asked.body))


def _rank(key: str) -> tuple[int, str]:
    if key in _ORDER:
        return _ORDER.index(key), key
    return (len(_ORDER) + 1 + _SAID_LAST.index(key) if key in _SAID_LAST else len(_ORDER)), key


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


def _text(body: bytes) -> str:
    return body.decode(errors="backslashreplace")


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.netloc}{parts.path}" + (f"?{parts.query}" if parts.query else "")


def _top(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def _cause(path: str) -> str:
    top = _top(path)
    if top in _SAID_LAST:
        return "a changed prompt"
    if top in ("tools", "functions"):
        return "a changed tool schema"
    if top in ("url", "method"):
        return f"another {'address' if top == 'url' else 'method'}"
    return "a changed model" if top == "model" else f"a changed setting, {top}"
