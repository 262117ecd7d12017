"""Where in the bytes of JSON something stands."""

import json
import re
from collections.abc import Iterator, Sequence

from harness.redaction._rewriting import events_in

LEAF = re.compile(rb'"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*')
"""A text or a number in JSON."""

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def json_in(data: bytes) -> list[tuple[int, int]]:
    """Where JSON stands in the data: all of it, or the events of a stream."""
    if data.lstrip()[:1] in (b"{", b"["):
        try:
            json.loads(data)
        except (ValueError, RecursionError):
            pass
        else:
            return [(0, len(data))]
    return [(event.start, event.end) for event in events_in(data)]


def spans_at(pointer: str, data: bytes) -> Iterator[tuple[int, int]]:
    """Where the parts of a JSON value stand that a pointer leads to.

    Args:
        pointer: A JSON pointer, where `*` stands for every key or position.
        data: A whole JSON value.
    """
    # A byte a character, so that places in the text are places in the bytes.
    text, steps = data.decode("latin-1"), steps_of(pointer.encode().decode("latin-1"))
    return _spans(text, _past_space(text, 0), steps)


def steps_of(pointer: str) -> list[str]:
    """A JSON pointer's steps."""
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def _spans(text: str, start: int, steps: Sequence[str]) -> Iterator[tuple[int, int]]:
    if not steps:
        yield start, _end(text, start)
        return
    members = _members(text, start) if text[start] == "{" else _items(text, start)
    for key, position in members:
        if steps[0] in ("*", key):
            yield from _spans(text, position, steps[1:])


def _members(text: str, start: int) -> Iterator[tuple[str, int]]:
    position = _past_space(text, start + 1)
    while text[position] == '"':
        key, position = _DECODER.raw_decode(text, position)
        position = _past_space(text, _past_space(text, position) + 1)
        yield key, position
        position = _past_comma(text, _end(text, position))


def _items(text: str, start: int) -> Iterator[tuple[str, int]]:
    if text[start] != "[":
        return
    number, position = 0, _past_space(text, start + 1)
    while text[position] != "]":
        yield str(number), position
        number, position = number + 1, _past_comma(text, _end(text, position))


def _end(text: str, start: int) -> int:
    return _DECODER.raw_decode(text, start)[1]


def _past_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _past_comma(text: str, position: int) -> int:
    position = _past_space(text, position)
    return _past_space(text, position + 1) if text[position] == "," else position
