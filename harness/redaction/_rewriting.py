"""Texts replaced in bytes that may lie in several pieces, whose borders stay where they can."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple


class Edit(NamedTuple):
    """A span that becomes another text."""

    start: int
    end: int
    text: bytes


Find = Callable[[bytes], list[Edit]]
"""Says what to replace; the edits may overlap and come in any order."""

Place = tuple[object, ...]
Keys = tuple[str | int, ...]

# Neither quotes nor backslashes: undoing those would change what the text means.
_ESCAPED_ASCII = re.compile(rb"\\+u00(2[13-9a-fA-F]|2[0]|[3-467][0-9a-fA-F]|5[0-9abd-fABD-F])")
_EVENT = re.compile(rb"^data: ?(?P<json>\{.*\})[ \t]*\r?$", re.MULTILINE)


def rewritten(pieces: Sequence[bytes], find: Find) -> list[bytes]:
    """The pieces with every edit made.

    A text is found across the borders of pieces, spelled with JSON escapes, and when a stream of
    JSON events says it word by word. Its replacement goes to the piece where it begins.
    """
    current = list(pieces)
    for search in (_find_plain, _find_escaped, _find_across_events):
        edits = search(b"".join(current), find)
        if edits:
            current = applied(edits, current)
    return current


def outside(edits: Sequence[Edit], done: Sequence[tuple[int, int]]) -> list[Edit]:
    """The edits that touch none of the spans."""
    return [edit for edit in edits if not any(edit.start < b and a < edit.end for a, b in done)]


def applied(edits: Sequence[Edit], pieces: Sequence[bytes]) -> list[bytes]:
    """The pieces with the edits made; of edits that overlap, the first and longest is."""
    chosen = _without_overlaps(edits)
    result = []
    start = 0
    for piece in pieces:
        result.append(_edited(piece, start, chosen))
        start += len(piece)
    return result


def positions(text: bytes, data: bytes) -> Iterator[int]:
    """Where a text begins in the data, overlaps too."""
    start = data.find(text)
    while start >= 0:
        yield start
        start = data.find(text, start + 1)


def event_texts(data: bytes) -> Iterator[bytes]:
    """The texts that a stream of server-sent JSON events says bit by bit, each put together."""
    for said in _said_by_place(_events(data)).values():
        yield b"".join(_encoded(text) for _, _, text in said)


def _without_overlaps(edits: Sequence[Edit]) -> list[Edit]:
    chosen: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if not chosen or edit.start >= chosen[-1].end:
            chosen.append(edit)
    return chosen


def _edited(piece: bytes, start: int, edits: Sequence[Edit]) -> bytes:
    parts = []
    position = start
    end = start + len(piece)
    for edit in edits:
        if edit.end <= start or edit.start >= end:
            continue
        parts.append(piece[position - start : max(edit.start, start) - start])
        if edit.start >= start:
            parts.append(edit.text)
        position = min(edit.end, end)
    parts.append(piece[position - start :])
    return b"".join(parts)


def _find_plain(data: bytes, find: Find) -> list[Edit]:
    return find(data)


def _find_escaped(data: bytes, find: Find) -> list[Edit]:
    if b"u00" not in data:
        return []
    plain = _ESCAPED_ASCII.sub(lambda match: bytes([int(match[1], 16)]), data)
    edits = find(plain) if plain != data else []
    return [Edit(0, len(data), b"".join(applied(edits, [plain])))] if edits else []


class _Event(NamedTuple):
    start: int
    end: int
    value: dict[str, Any]


def _find_across_events(data: bytes, find: Find) -> list[Edit]:
    if b"data:" not in data:
        return []
    events = _events(data)
    changed: dict[int, _Event] = {}
    for said in _said_by_place(events).values():
        pieces = [_encoded(text) for _, _, text in said]
        edits = find(b"".join(pieces))
        for (number, keys, _), piece in zip(said, applied(edits, pieces), strict=True):
            if edits and _put(events[number].value, keys, piece.decode(errors="surrogatepass")):
                changed[number] = events[number]
    return [Edit(event.start, event.end, _dumped(event.value)) for event in changed.values()]


def _events(data: bytes) -> list[_Event]:
    events = []
    for match in _EVENT.finditer(data):
        try:
            value = json.loads(match["json"])
        except (ValueError, RecursionError):
            continue
        events.append(_Event(*match.span("json"), value))
    return events


def _said_by_place(events: Sequence[_Event]) -> dict[Place, list[tuple[int, Keys, str]]]:
    """The texts of all events, by where in an event they stand; each with its event's number."""
    said: dict[Place, list[tuple[int, Keys, str]]] = {}
    for number, event in enumerate(events):
        for place, keys, text in _texts(event.value, (), ()):
            said.setdefault(place, []).append((number, keys, text))
    return {place: texts for place, texts in said.items() if len(texts) > 1}


def _texts(value: Any, place: Place, keys: Keys) -> Iterator[tuple[Place, Keys, str]]:
    """Every text below a value. Its place names which of several parallel texts it continues."""
    if isinstance(value, str):
        yield place, keys, value
    elif isinstance(value, dict):
        parallel = tuple(str(value.get(name)) for name in ("type", "index", "output_index"))
        for key, inner in value.items():
            yield from _texts(inner, (*place, parallel, key), (*keys, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _texts(inner, place, (*keys, position))


def _put(value: Any, keys: Keys, text: str) -> bool:
    for key in keys[:-1]:
        value = value[key]
    before, value[keys[-1]] = value[keys[-1]], text
    return bool(before != text)


def _encoded(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def _dumped(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
