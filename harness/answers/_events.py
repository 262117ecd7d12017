"""The JSON of a stream."""

from collections.abc import Sequence
from typing import Any

from harness.answers._json import Json, list_of
from harness.matching import json_of

_DATA = b"data:"


def events_of(content: bytes) -> Sequence[Json]:
    """The objects that a body says one after the other; none where it says one thing.

    They are the data of server-sent events, lines that are all objects, or a list of objects.
    """
    whole = json_of(content)
    if whole is None:
        whole = _said_in(content.splitlines())
    return [each for each in list_of(whole) if isinstance(each, dict)]


def _said_in(lines: Sequence[bytes]) -> Sequence[Any]:
    data = [line.removeprefix(_DATA) for line in lines if line.startswith(_DATA)]
    said = [json_of(each) for each in data or filter(bytes.strip, lines)]
    return said if data or None not in said else ()
