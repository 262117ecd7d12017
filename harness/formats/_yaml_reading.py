"""YAML into plain values: no objects, no code, no surprises.

Reads the parser's events rather than nodes, which is several times faster and recurses nowhere.
Plain scalars mean what they mean in JSON: a `no` or a `2026-01-01` that a person typed is text.
"""

import re
from collections.abc import Collection
from typing import Any

import yaml

from harness.formats._yaml_tags import plain_value, tagged_collection, tagged_scalar

try:
    from yaml import CSafeLoader as _LibyamlParser
except ImportError:  # a PyYAML that was built without libyaml
    _LibyamlParser = None  # type: ignore[assignment, misc]

Keys = tuple[str | int, ...]
"""The way to a value: `("interactions", 3, "request")`."""

Position = tuple[int | None, int | None]
"""Line and column, from 1."""


class YamlError(Exception):
    """Text that can't be read.

    Args:
        why: What is wrong, in a few words.
        place: Where.
    """

    def __init__(self, why: str, place: Position = (None, None)) -> None:
        self.why, self.place = why, place
        super().__init__(why)


class _PurePythonParser(yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser):
    def __init__(self, text: str) -> None:
        yaml.reader.Reader.__init__(self, text)
        yaml.scanner.Scanner.__init__(self)
        yaml.parser.Parser.__init__(self)


_NOT_IN_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A document that is much longer than its text is an attack, not a recording.
_MOST_ALIASED = 1_000_000
# So many characters weigh as much as a value.
_CHARACTERS_A_VALUE = 100
_DEEPEST = 200


def read_yaml(data: bytes, *, unique_keys: bool = True, libyaml: bool = True) -> Any:
    """The one document that the bytes hold, as dicts, lists, texts, bytes and JSON's scalars.

    Args:
        data: UTF-8.
        unique_keys: Whether a key may come only once; else its last value counts, as in PyYAML.
        libyaml: Use the C parser where there is one; both read the same.

    Raises:
        YamlError: It is not YAML, has tags that would build objects, or repeats a key.
    """
    return _read(data, _Builder(unique_keys), libyaml)


def place_of(data: bytes, keys: Keys) -> Position:
    """Where the value stands that the keys lead to; else the innermost one on the way."""
    builder = _PlacingBuilder()
    _read(data, builder, libyaml=True)
    while keys and keys not in builder.places:
        keys = keys[:-1]
    return builder.places.get(keys, (None, None))


def _read(data: bytes, builder: "_Builder", libyaml: bool) -> Any:
    kind: Any = _LibyamlParser if libyaml and yaml.__with_libyaml__ else _PurePythonParser
    parser = kind(_printable(decoded(data)))
    try:
        return builder.build(parser)
    except yaml.MarkedYAMLError as error:
        why = " ".join(part for part in (error.context, error.problem) if part)
        raise YamlError(f"not YAML: {why}", _position(error.problem_mark)) from error
    except (yaml.YAMLError, ValueError) as error:
        raise YamlError(f"not YAML: {' '.join(str(error).split())}") from error
    finally:
        parser.dispose()


def decoded(data: bytes) -> str:
    """The text.

    Raises:
        YamlError: It is not UTF-8.
    """
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise YamlError("not UTF-8", _end_of(error.object[: error.start].decode())) from error


def _printable(text: str) -> str:
    if found := _NOT_IN_YAML.search(text):
        raise YamlError(f"not YAML: the character {found[0]!r}", _end_of(text[: found.start()]))
    return text


def _end_of(text: str) -> Position:
    """Where the next character would stand."""
    return text.count("\n") + 1, len(text) - text.rfind("\n")


def _position(mark: Any) -> Position:
    return (mark.line + 1, mark.column + 1) if mark else (None, None)


_NO_KEY: Any = object()


class _Open:
    """A collection whose end has not come yet."""

    __slots__ = ("event", "key", "value", "weight")

    def __init__(self, value: dict[Any, Any] | list[Any], event: Any, weight: int) -> None:
        self.value, self.event, self.weight = value, event, weight
        self.key = _NO_KEY


class _Builder:
    """Puts a document together from events, on a stack of its own."""

    def __init__(self, unique_keys: bool) -> None:
        self._unique_keys = unique_keys
        self._stack: list[_Open] = []
        self._anchored: dict[str, tuple[Any, int]] = {}
        self._weight = 0
        self._documents: list[Any] = []

    def build(self, parser: Any) -> Any:
        steps = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._mapping_start,
            yaml.SequenceStartEvent: self._sequence_start,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
        }
        while (event := parser.get_event()) is not None:
            step = steps.get(type(event))
            if step:
                step(event)
            elif type(event) is yaml.StreamEndEvent:
                break
        return self._documents[0] if self._documents else None

    def _scalar(self, event: Any) -> None:
        try:
            value = _scalar_value(event)
        except ValueError as error:
            raise YamlError(str(error), _position(event.start_mark)) from error
        if event.anchor is not None:
            self._anchored[event.anchor] = (value, 1 + len(event.value) // _CHARACTERS_A_VALUE)
        self._add(value, event)

    def _mapping_start(self, event: Any) -> None:
        self._open({}, event)

    def _sequence_start(self, event: Any) -> None:
        self._open([], event)

    def _open(self, value: dict[Any, Any] | list[Any], event: Any) -> None:
        if len(self._stack) == _DEEPEST:
            raise YamlError("nested too deeply", _position(event.start_mark))
        self._stack.append(_Open(value, event, self._weight))

    def _end(self, _: Any) -> None:
        done = self._stack.pop()
        value: Any = done.value
        if done.event.tag is not None:
            try:
                value = tagged_collection(done.event.tag, value)
            except ValueError as error:
                raise YamlError(str(error), _position(done.event.start_mark)) from error
        if done.event.anchor is not None:
            self._anchored[done.event.anchor] = (value, self._weight - done.weight)
        self._add(value, done.event)

    def _alias(self, event: Any) -> None:
        if event.anchor not in self._anchored:
            raise YamlError(f"no anchor {event.anchor!r} before it", _position(event.start_mark))
        value, weight = self._anchored[event.anchor]
        self._weight += weight
        if self._weight > _MOST_ALIASED and weight > 1:
            raise YamlError("its aliases unfold to too much", _position(event.start_mark))
        self._add(value, event)

    def _add(self, value: Any, event: Any) -> None:
        """Puts a finished value where it belongs."""
        self._weight += 1
        if not self._stack:
            if self._documents:
                raise YamlError("several documents in one file", _position(event.start_mark))
            self._documents.append(value)
            return
        parent = self._stack[-1]
        if type(parent.value) is list:
            parent.value.append(value)
        elif parent.key is _NO_KEY:
            parent.key = self._as_key(value, parent.value, event)
        else:
            parent.value[parent.key] = value
            parent.key = _NO_KEY

    def _as_key(self, value: Any, mapping: Collection[Any], event: Any) -> Any:
        if isinstance(value, dict | list):
            raise YamlError("a key that is no text", _position(event.start_mark))
        if self._unique_keys and value in mapping:
            raise YamlError(f"the key {value!r} comes twice", _position(event.start_mark))
        return value


class _PlacingBuilder(_Builder):
    """Notes where every value begins, and every key of a mapping."""

    def __init__(self) -> None:
        super().__init__(unique_keys=False)
        self.places: dict[Keys, Position] = {}

    def _add(self, value: Any, event: Any) -> None:
        keys = [len(each.value) if type(each.value) is list else each.key for each in self._stack]
        if keys and keys[-1] is _NO_KEY:
            keys[-1] = value
        place = tuple(keys)
        if all(isinstance(key, str | int) for key in place):
            self.places.setdefault(place, _position(event.start_mark))
        super()._add(value, event)


def _scalar_value(event: Any) -> Any:
    text = event.value
    if event.tag is None:
        # implicit[0]: written without quotes.
        return plain_value(text) if event.implicit[0] else text
    return tagged_scalar(event.tag, text)
