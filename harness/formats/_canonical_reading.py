"""The fast way to read a cassette: block by block, if it is as the harness writes it.

Where a person has edited it, with a comment or an unusual quote, the YAML reader is asked: for the
interaction, or for what stands above the first one. What that can't settle it reads as a whole.
"""

import json
import re
from typing import Any

from harness.formats._bodies import COMPACT, LaidOut, layout_named
from harness.formats._canonical_blocks import Entries, NotCanonical
from harness.formats._yaml_reading import YamlError, read_yaml

_LAST = b"\n...\n"
_INTERACTIONS, _JSON = "\ninteractions:\n- ", "json:"
# What may reach beyond an interaction: the end of a document, and an anchor.
_REACHES_FAR = re.compile(r"^(?:---|\.\.\.)|(?:^|[\s\[{,:?-])&[\w-]", re.MULTILINE)


def read_canonical(data: bytes) -> dict[str, Any] | None:
    """What the file says, if it is a cassette as the harness writes one, or nearly; else None.

    Bodies that are JSON are laid out.
    """
    if not data.endswith(_LAST):
        return None
    try:
        return _Reading().read(data[: -len(_LAST)].decode())
    except (NotCanonical, YamlError, ValueError, RecursionError):
        return None


class _Reading:
    """A walk over the interactions, with the texts that were seen before."""

    def __init__(self) -> None:
        self._header, self._parts, self._fields = _Values(0), _Values(2), _Values(4)
        self._bodies: dict[str, Entries] = {}

    def read(self, text: str) -> dict[str, Any]:
        above, has_interactions, interactions = text.partition(_INTERACTIONS)
        entries = self._above(above)
        if has_interactions:
            each = [self._interaction(text) for text in interactions.split("\n- ")]
            entries.append(("interactions", each))
        return _mapping(entries)

    def _above(self, text: str) -> list[tuple[str, Any]]:
        try:
            return [self._header[entry] for entry in self._header.split(text)]
        except (NotCanonical, ValueError):
            header = _as_edited(text)
            if isinstance(header, dict) and "harness" in header:
                return list(header.items())
            raise

    def _interaction(self, text: str) -> Any:
        try:
            return self._as_written(text)
        except (NotCanonical, ValueError):
            [interaction] = _as_edited(f"- {text}")
            return interaction

    def _as_written(self, text: str) -> dict[str, Any]:
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


def _as_edited(text: str) -> Any:
    """What YAML says of a part of the file, where no other part can have a say in that.

    The part begins where a collection of the outermost column goes on. Were it cut off within
    quotes or brackets, it would be no YAML.
    """
    if _REACHES_FAR.search(text):
        raise NotCanonical
    return read_yaml(f"{text}\n".encode())


def _mapping(entries: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(entries)
    if len(mapping) < len(entries):
        raise NotCanonical
    return mapping
