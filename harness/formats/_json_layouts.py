"""JSON as clients and servers lay it out, so that a structured body gives back its very bytes."""

import json
from json.encoder import encode_basestring, encode_basestring_ascii
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
        self._comma, self.colon = _SEPARATORS.get(style, (", ", ": "))
        self.text = encode_basestring_ascii if is_ascii else encode_basestring
        """A text as JSON."""

        self._encode = json.JSONEncoder(
            ensure_ascii=is_ascii, allow_nan=False, separators=(self._comma, self.colon)
        ).encode

    def written(self, value: Any) -> str:
        """The value as JSON.

        Raises:
            ValueError: JSON can't hold it.
        """
        try:
            return self._encode(value) if self._step is None else self._indented(value, 0)
        except TypeError as error:
            raise ValueError(f"JSON can't hold it: {error}") from error

    def around(self, depth: int) -> tuple[str, str, str]:
        """What stands before, between and behind the members of a collection.

        Args:
            depth: How many collections it is in.
        """
        if self._step is None:
            return "", self._comma, ""
        line = "\n" + self._step * depth
        inner = line + self._step
        return inner, f",{inner}", line

    def _indented(self, value: Any, depth: int) -> str:
        # The standard library indents in Python too, piece by piece, and takes twice as long.
        if type(value) is str:
            return self.text(value)
        if type(value) is int:
            return str(value)
        if not value or not isinstance(value, dict | list):
            return self._encode(value)
        before, between, behind = self.around(depth)
        if isinstance(value, list):
            items = [self._indented(each, depth + 1) for each in value]
            return f"[{before}{between.join(items)}{behind}]"
        entries = [
            f"{self.text(key if isinstance(key, str) else _name(key))}: "
            f"{self._indented(each, depth + 1)}"
            for key, each in value.items()
        ]
        return f"{{{before}{between.join(entries)}{behind}}}"


def _name(key: Any) -> str:
    """What JSON makes of a key that is no text."""
    return str(next(iter(json.loads(json.dumps({key: None})))))
