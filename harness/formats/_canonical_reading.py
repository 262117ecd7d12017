"""The fast way to read a cassette: block by block, if it is as the harness writes it.

Anything else, such as a comment or an unusual quote that a person typed, is left to the YAML
reader.
"""

import json
from typing import Any

from harness.formats._bodies import COMPACT, LaidOut, layout_named
from harness.formats._canonical_blocks import Entries, NotCanonical

_FIRST, _LAST = b"harness: ", b"\n...\n"
_INTERACTIONS, _JSON = "\ninteractions:\n- ", "json:"


def read_canonical(data: bytes) -> dict[str, Any] | None:
    """What the file says, if it is a cassette exactly as the harness writes one; else None.

    Bodies that are JSON are laid out.
    """
    if not data.startswith(_FIRST) or not data.endswith(_LAST):
        return None
    try:
        return _Reading().read(data[: -len(_LAST)].decode())
    except (NotCanonical, ValueError, RecursionError):
        return None


class _Reading:
    """A walk over the interactions, with the texts that were seen before."""

    def __init__(self) -> None:
        self._header, self._parts, self._fields = _Values(0), _Values(2), _Values(4)
        self._bodies: dict[str, Entries] = {}

    def read(self, text: str) -> dict[str, Any]:
        header, has_interactions, interactions = text.partition(_INTERACTIONS)
        entries = [self._header[entry] for entry in self._header.split(header)]
        if has_interactions:
            each = [self._interaction(text) for text in interactions.split("\n- ")]
            entries.append(("interactions", each))
        return _mapping(entries)

    def _interaction(self, text: str) -> dict[str, Any]:
        entries: list[tuple[str, Any]] = []
        for part in self._parts.split(text):
            key, _, fields = part.partition(":\n    ")
            is_message = key in ("request", "response")
            entries.append((key, self._message(fields)) if is_message else self._parts[part])
        return _mapping(entries)

    def _message(self, text: str) -> dict[str, Any]:
        bodies: list[str] = []
        entries: list[tuple[str, Any]] = []
        for field in self._fields.split(text):
            if field.startswith(_JSON):
                bodies.append(field.removeprefix(_JSON))
            else:
                entries.append(self._fields[field])
        message = _mapping(entries)
        layout = message.get("layout", COMPACT)
        return _mapping(
            [*message.items(), *(("json", self._body(each, layout)) for each in bodies)]
        )

    def _body(self, text: str, layout: str) -> LaidOut:
        form = layout_named(layout)
        if layout not in self._bodies:
            self._bodies[layout] = Entries(form, 4, -1)
        return LaidOut(self._bodies[layout].value(text))


class _Values(dict[str, tuple[str, Any]]):
    """The entries of the mappings in one column that hold no bodies, each by its text."""

    def __init__(self, column: int) -> None:
        self._entries = Entries(layout_named(COMPACT), column, 0)
        self.split = self._entries.split

    def __missing__(self, text: str) -> tuple[str, Any]:
        key, written = self._entries[text]
        self[text] = entry = key, json.loads(f"{{{written}}}")[key]
        return entry


def _mapping(entries: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(entries)
    if len(mapping) < len(entries):
        raise NotCanonical
    return mapping
