"""A file that may be a cassette: its bytes, what they say, and where in it something stands."""

import json
import re
import shlex
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from harness.errors import UnreadableCassette
from harness.formats._bodies import unique
from harness.formats._canonical_reading import read_canonical
from harness.formats._compression import unpacked
from harness.formats._yaml_reading import Keys, Position, YamlError, decoded, place_of, read_yaml
from harness.interactions import Cassette

Kind = TypeVar("Kind")

_OURS = re.compile(rb"(?:^|[{,]\s*)[\"']?harness[\"']?\s*:", re.MULTILINE)
_HALF_A_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")


class Source:
    """A file, read once.

    Args:
        path: The file's name, for messages.
        data: Its content; it may be packed with gzip, and have a mark of its byte order.

    Raises:
        UnreadableCassette: It is packed, and can't be unpacked.
    """

    def __init__(self, path: Path, data: bytes) -> None:
        self.path = path
        try:
            self.data = unpacked(data).removeprefix(BOM_UTF8)
        except ValueError as error:
            raise self._unreadable(str(error)) from error

    @cached_property
    def may_be_ours(self) -> bool:
        """Whether the key by which the harness's own cassettes are known is somewhere in it."""
        return _OURS.search(self.data) is not None

    @cached_property
    def tree(self) -> Any:
        """What the file says as YAML or JSON.

        In other recorders' files the last value of a key counts, as in what they read them with.

        Raises:
            UnreadableCassette: It is neither.
        """
        is_json = self.data.lstrip()[:1] in (b"{", b"[")
        read = self._json if is_json else read_yaml
        try:
            tree = read(self.data, unique_keys=self.may_be_ours)
        except YamlError as error:
            raise self._unreadable(error.why, error.place) from error
        if _HALF_A_CHARACTER.search(self.data):
            try:
                json.dumps(tree, ensure_ascii=False, default=repr, skipkeys=True).encode()
            except UnicodeEncodeError as error:
                raise self._unreadable("it holds half a character, as \\ud800 is") from error
        return tree

    @cached_property
    def cassette(self) -> Any:
        """What the file says, and fast if it is one of the harness's own as the harness writes it.

        Bodies that are JSON are laid out then.

        Raises:
            UnreadableCassette: It is neither YAML nor JSON.
        """
        is_doubtful = _HALF_A_CHARACTER.search(self.data) is not None
        fast = None if is_doubtful else read_canonical(self.data)
        return self.tree if fast is None else fast

    def problem(self, why: str, keys: Keys = ()) -> UnreadableCassette:
        """The error that says what is wrong with the part that the keys lead to."""
        try:
            place = place_of(self.data, keys)
        except YamlError:
            place = (None, None)
        return self._unreadable(why, place)

    def validated(self, kind: TypeAdapter[Kind], tree: Any, keys: Keys = ()) -> Kind:
        """The tree, or a part of it, as a record.

        Args:
            kind: What is expected.
            tree: The part.
            keys: The way to it.

        Raises:
            UnreadableCassette: It does not have the record's shape.
        """
        try:
            return kind.validate_python(tree)
        except ValidationError as error:
            errors = error.errors(include_url=False, include_input=False)
            # A misspelt key is an unknown one and a missing one; the former says more.
            unknown = (each for each in errors if each["type"] == "extra_forbidden")
            first = next(unknown, errors[0])
            way, why = _in_words(first["type"], first["msg"], tree, tuple(first["loc"]))
            if first["type"] == "extra_forbidden":
                why += nearest(str(way[-1]), _known_keys(kind.json_schema(), way[:-1]))
            raise self.problem(why, keys + way) from error

    @contextmanager
    def reading(self, keys: Keys) -> Iterator[None]:
        """Whatever value turns out wrong in the block, it is in the part that the keys lead to."""
        try:
            yield
        except ValueError as error:
            raise self.problem(str(error), keys) from error

    def _json(self, data: bytes, *, unique_keys: bool) -> Any:
        text = decoded(data)
        try:
            return json.loads(text, object_pairs_hook=unique if unique_keys else None)
        except json.JSONDecodeError as error:
            raise self._unreadable(f"not JSON: {error.msg}", (error.lineno, error.colno)) from error
        except ValueError as error:
            raise self._unreadable(f"not JSON: {error}") from error

    def _unreadable(self, why: str, place: Position = (None, None)) -> UnreadableCassette:
        fix = f"harness cassettes doctor {shlex.quote(self.path.as_posix())}"
        return UnreadableCassette(self.path, why, line=place[0], column=place[1], fix=fix)


class Format(NamedTuple):
    """A format in which cassettes are read."""

    name: str
    """As a message calls it."""

    marks: tuple[str, ...]
    """Keys at the top of such a file, by which a misspelt one is known."""

    recognises: Callable[[Source], bool]
    """Whether the file is meant to be of this format; it may still be damaged."""

    read: Callable[[Source], Cassette]
    """Raises UnreadableCassette, or FutureCassette."""


def nearest(word: str, known: list[str]) -> str:
    """The known word that may be meant, as the end of a message; empty when none is near."""
    close = get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _in_words(kind: str, message: str, tree: Any, loc: Keys) -> tuple[Keys, str]:
    """Where something is wrong, and what."""
    if kind == "extra_forbidden":
        return loc, f"unknown key {loc[-1]!r}"
    if kind == "missing":
        return loc, f"the key {loc[-1]!r} is missing"
    way = _existing(tree, loc)
    last = repr(way[-1]) if way else "it"
    ours = message.removeprefix("Value error, ")
    what = f"{message[0].lower()}{message[1:]}" if ours == message else ours
    return way, f"{last}: {what}"


def _known_keys(schema: dict[str, Any], way: Keys) -> list[str]:
    """The keys that the schema knows for the mapping that the way leads to."""
    part = schema
    for key in (*way, None):
        options = part.get("anyOf", [part])
        part = next((each for each in options if each.get("type") != "null"), part)
        if "$ref" in part:
            part = schema["$defs"][part["$ref"].rpartition("/")[2]]
        if key is not None:
            part = part["items"] if isinstance(key, int) else part["properties"][key]
    return list(part.get("properties", ()))


def _existing(tree: Any, loc: Keys) -> Keys:
    """The part of the way that is there; behind it stand the names of the kinds that were tried."""
    for depth, key in enumerate(loc):
        inner = dict(enumerate(tree)) if isinstance(tree, list) else tree
        if not isinstance(inner, dict) or key not in inner:
            return loc[:depth]
        tree = inner[key]
    return loc
