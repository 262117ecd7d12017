"""Bodies as they stand in a cassette: JSON as structured data, text as text, the rest as base64.

Every form gives back the very bytes: how JSON was laid out is noted by name, and JSON that was
laid out in no known way stays text.
"""

import base64
import binascii
import json
from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

from harness.formats._json_layouts import JsonLayout

# Deeper JSON stays text, so that nothing that walks a cassette has to fear its depth.
_DEEPEST = 60

_STYLES = ("compact", "spaced", "indented", "indented-4")
_ENCODERS = {
    style + suffix: JsonLayout(style, is_ascii=bool(suffix))
    for style, suffix in product(_STYLES, ("", "-ascii"))
}
COMPACT = "compact"
"""The layout that needs no mention."""

LAYOUTS = tuple(name + end for name in _ENCODERS for end in ("", "-newline"))
"""Spacing, then whether other characters than ASCII are escaped, then the line end behind it."""


def stored(body: bytes) -> dict[str, Any]:
    """The body's form as a mapping: nothing for an empty one, else `json`, `text` or `base64`."""
    if not body:
        return {}
    text = _text(body)
    if text is None:
        return {"base64": base64.encodebytes(body).decode()}
    return _as_json(text) or {"text": text}


def stored_chunk(data: bytes) -> dict[str, Any]:
    """A chunk's form: `text` or `base64`."""
    text = _text(data)
    return {"text": text} if text is not None else {"base64": base64.encodebytes(data).decode()}


class LaidOut(NamedTuple):
    """A JSON value whose layout was applied as it was read."""

    text: str


def from_json(value: Any, layout: str = COMPACT) -> bytes:
    """The bytes that a JSON value was stored from.

    Raises:
        ValueError: It holds what JSON can't, or the layout is unknown.
    """
    named = layout_named(layout)
    text = value.text if isinstance(value, LaidOut) else named.written(value)
    return (text + "\n" if layout.endswith("-newline") else text).encode()


def layout_named(layout: str) -> JsonLayout:
    """The layout, but for the line end behind it.

    Raises:
        ValueError: It is unknown.
    """
    if layout not in LAYOUTS:
        raise ValueError(f"unknown layout {layout!r}; known: {', '.join(LAYOUTS)}")
    return _ENCODERS[layout.removesuffix("-newline")]


def from_base64(text: str) -> bytes:
    """The bytes that base64 stands for.

    Raises:
        ValueError: It is not base64.
    """
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        raise ValueError(f"not base64: {error}") from error


def reviewable(body: bytes) -> bytes:
    """The body, or the same JSON in the compact layout if only that can be stored structured."""
    text = _text(body)
    if text is None or _as_json(text):
        return body
    value = _parsed(text.strip())
    if value is None:
        return body
    compact = from_json(value)
    return compact if _parsed(compact.decode()) == value else body


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The pairs of a JSON object as a mapping.

    Raises:
        ValueError: A key comes twice.
    """
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        [(key, _)] = Counter(key for key, _ in pairs).most_common(1)
        raise ValueError(f"the key {key!r} comes twice")
    return mapping


def _text(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _as_json(text: str) -> dict[str, Any]:
    stripped = text.removesuffix("\n")
    value = _parsed(stripped)
    if value is None:
        return {}
    end = "-newline" if stripped != text else ""
    for name in _likely(stripped):
        if _ENCODERS[name].written(value) == stripped:
            layout = name + end
            return {"json": value} if layout == COMPACT else {"layout": layout, "json": value}
    return {}


def _likely(text: str) -> Iterator[str]:
    indented = "\n" in text[:2]
    for name in _ENCODERS:
        if ("indented" in name) == indented and ("ascii" not in name or "\\u" in text):
            yield name


def _parsed(text: str) -> Any:
    """The object or list, if it can be stored structured; else None."""
    if text[:1] not in ("{", "["):
        return None
    try:
        value = json.loads(text, parse_constant=_refused, object_pairs_hook=unique)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return None
    return value if _is_shallow(value, _DEEPEST) else None


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _is_shallow(value: Any, depth: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return depth > 0 and all(_is_shallow(each, depth - 1) for each in inner)
