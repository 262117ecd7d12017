"""Texts replaced in bytes that may lie in several pieces, whose borders stay where they can."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from harness.redaction._edits import Edit, Find, applied
from harness.redaction._frames import frames_in

Place = tuple[object, ...]
Keys = tuple[str | int, ...]

# Server-sent events, the numbered parts of a data stream, or an object a line.
_LINE = re.compile(rb"^(?P<before>data: ?|[0-9a-g]:)?(?P<said>.*?)\r?$", re.MULTILINE)
_STREAM = re.compile(rb"(?:data|[0-9a-g]):")
_DECODER = json.JSONDecoder()


def rewritten(pieces: Sequence[bytes], find: Find) -> list[bytes]:
    """The pieces with every edit made.

    A text is found across the borders of pieces, and when a stream of JSON events says it word by
    word. Its replacement goes to the piece where it begins.
    """
    current = list(pieces)
    if frames := frames_in(b"".join(current)):
        before = [frame.said for frame in frames]
        after = rewritten(before, find)
        edits = [
            Edit(frame.start, frame.end, frame.saying(said))
            for frame, former, said in zip(frames, before, after, strict=True)
            if said != former
        ]
        return applied(edits, current)
    # What is said over several events is whole there alone: a part of it may look whole in one.
    for search in (lambda data: _find_across_events(data, find), find):
        edits = list(search(b"".join(current)))
        if edits:
            current = applied(edits, current)
    return current


def event_texts(data: bytes) -> Iterator[bytes]:
    """The texts that a stream of JSON events says bit by bit, each put together."""
    # The frames of a binary stream hide their texts in base64, each alone.
    clear = b"".join(frame.said for frame in frames_in(data)) or data
    if clear is not data:
        yield clear
    for said in _said_by_place(_events_in(clear)).values():
        yield b"".join(_encoded(text) for _, _, text in said)


class Event(NamedTuple):
    """A JSON value of a stream of them, or a line of text."""

    start: int
    end: int
    value: list[Any]
    """What it says, alone in a list, so that it can be put there anew."""

    is_text: bool = False

    @property
    def spelled(self) -> bytes:
        """How it stands in the stream."""
        (value,) = self.value
        return (
            _encoded(value) if self.is_text else json.dumps(value, separators=(",", ":")).encode()
        )


def events_in(data: bytes) -> list[Event]:
    """The JSON of a stream: server-sent events, a line each, or a list of objects."""
    return [event for event in _events_in(data) if not event.is_text]


def _events_in(data: bytes) -> list[Event]:
    if data.lstrip()[:1] == b"[":
        return list(_events_in_list(data))
    # A single character is found much faster, and most bodies are one line.
    if not _STREAM.match(data) and (
        b"\n" not in data or (b"data:" not in data and b"\n{" not in data)
    ):
        return []
    return [event for line in _LINE.finditer(data) if (event := _event(line))]


def _event(line: re.Match[bytes]) -> Event | None:
    said, start = line["said"].rstrip(), line.start("said")
    if said.startswith((b"{", b"[", b'"') if line["before"] else b"{"):
        try:
            return Event(start, start + len(said), [json.loads(said)])
        except (ValueError, RecursionError):
            pass
    if not said or not (line["before"] or b"").startswith(b"data:"):
        return None
    try:
        return Event(start, line.end("said"), [line["said"].decode()], is_text=True)
    except UnicodeDecodeError:
        return None


def _events_in_list(data: bytes) -> Iterator[Event]:
    # A byte a character, so that places in the text are places in the bytes.
    text = data.decode("latin-1")
    end, position = 0, text.find("{")
    while position >= 0 and text[end:position].rstrip()[-1:] in ("[", ","):
        try:
            _, end = _DECODER.raw_decode(text, position)
            yield Event(position, end, [json.loads(data[position:end])])
        except (ValueError, RecursionError):
            return
        position = text.find("{", end)


def _find_across_events(data: bytes, find: Find) -> list[Edit]:
    events = _events_in(data)
    if not events:
        return []
    changed: dict[int, Event] = {}
    for said in _said_by_place(events).values():
        pieces = [_encoded(text) for _, _, text in said]
        edits = list(find(b"".join(pieces)))
        for (number, keys, _), piece in zip(said, applied(edits, pieces), strict=True):
            if edits and _put(events[number].value, keys, piece.decode(errors="surrogatepass")):
                changed[number] = events[number]
    return [Edit(event.start, event.end, event.spelled) for event in changed.values()]


def _said_by_place(events: Sequence[Event]) -> dict[Place, list[tuple[int, Keys, str]]]:
    """The texts of all events, by where in an event they stand; each with its event's number."""
    said: dict[Place, list[tuple[int, Keys, str]]] = {}
    for number, event in enumerate(events):
        for place, keys, text in _texts(event.value, (event.is_text,), ()):
            said.setdefault(place, []).append((number, keys, text))
    # What every event says alike, such as its id, is not said bit by bit.
    return {
        place: texts for place, texts in said.items() if len({text for _, _, text in texts}) > 1
    }


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
