"""JSON as clients and servers lay it out, so that a structured body gives back its very bytes."""

import json
from typing import Any

_INDENTS = {"indented": "  ", "indented-4": "    "}
_SEPARATORS = {"compact": (",", ":")}


class JsonLayout:
    """A way to lay out JSON.

    Args:
        style: `compact`, `spaced`, `indented` by two, or `indented-4`.
        is_ascii: Whether other characters than ASCII are escaped.
    """

    def __init__(self, style: str, *, is_ascii: bool) -> None:
        self._step = _INDENTS.get(style)
        self._encode = json.JSONEncoder(
            ensure_ascii=is_ascii, allow_nan=False, separators=_SEPARATORS.get(style)
        ).encode

    def written(self, value: Any) -> str:
        """The value as JSON.

        Raises:
            ValueError: JSON can't hold it.
        """
        try:
            return self._encode(value) if self._step is None else self._indented(value, "\n")
        except TypeError as error:
            raise ValueError(f"JSON can't hold it: {error}") from error

    def _indented(self, value: Any, line: str) -> str:
        # The standard library indents in Python too, piece by piece, and takes twice as long.
        if type(value) is int:
            return str(value)
        if not value or not isinstance(value, dict | list):
            return self._encode(value)
        inner = line + (self._step or "")
        if isinstance(value, list):
            items = [self._indented(each, inner) for each in value]
            return f"[{inner}{f',{inner}'.join(items)}{line}]"
        entries = [
            f"{self._encode(key if isinstance(key, str) else _name(key))}: "
            f"{self._indented(each, inner)}"
            for key, each in value.items()
        ]
        return f"{{{inner}{f',{inner}'.join(entries)}{line}}}"


def _name(key: Any) -> str:
    """What JSON makes of a key that is no text."""
    return str(next(iter(json.loads(json.dumps({key: None})))))
