"""A file that may be a cassette: its bytes, what they say, and where in it something stands."""

import json
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from harness.cassette import Cassette
from harness.errors import UnreadableCassette
from harness.formats._yaml_reading import Keys, Position, YamlError, place_of, read_yaml

Model = TypeVar("Model", bound=BaseModel)


class Source:
    """A file, read once.

    Args:
        path: The file's name, for messages.
        data: Its content.
    """

    def __init__(self, path: Path, data: bytes) -> None:
        self.path, self.data = path, data

    @cached_property
    def tree(self) -> Any:
        """What the file says as YAML or JSON.

        Raises:
            UnreadableCassette: It is neither.
        """
        if self.data.lstrip()[:1] in (b"{", b"["):
            return self._json()
        try:
            return read_yaml(self.data)
        except YamlError as error:
            raise self._unreadable(error.why, error.place) from error

    def problem(self, why: str, keys: Keys = ()) -> UnreadableCassette:
        """The error that says what is wrong with the part that the keys lead to."""
        try:
            place = place_of(self.data, keys)
        except YamlError:
            place = (None, None)
        return self._unreadable(why, place)

    def validated(self, model: type[Model], tree: Any) -> Model:
        """The tree, or what is made of it, as a record.

        Raises:
            UnreadableCassette: It does not have the record's shape.
        """
        try:
            return model.model_validate(tree)
        except ValidationError as error:
            errors = error.errors(include_url=False, include_input=False)
            # A misspelt key is an unknown one and a missing one; the former says more.
            unknown = (each for each in errors if each["type"] == "extra_forbidden")
            first = next(unknown, errors[0])
            keys = tuple(first["loc"])
            raise self.problem(_in_words(first["type"], first["msg"], keys), keys) from error

    def _json(self) -> Any:
        try:
            return json.loads(self.data)
        except json.JSONDecodeError as error:
            raise self._unreadable(f"not JSON: {error.msg}", (error.lineno, error.colno)) from error
        except ValueError as error:
            raise self._unreadable(f"not JSON: {error}", (None, None)) from error

    def _unreadable(self, why: str, place: Position) -> UnreadableCassette:
        return UnreadableCassette(self.path, why, line=place[0], column=place[1])


class Format(NamedTuple):
    """A format in which cassettes are read."""

    name: str
    recognises: Callable[[Source], bool]
    """Whether the file is meant to be of this format; it may still be damaged."""

    read: Callable[[Source], Cassette]
    """Raises UnreadableCassette, or FutureCassette."""


def _in_words(kind: str, message: str, keys: Keys) -> str:
    last = repr(keys[-1]) if keys else "it"
    if kind == "extra_forbidden":
        return f"unknown key {last}"
    if kind == "missing":
        return f"the key {last} is missing"
    return f"{last}: {message[0].lower()}{message[1:]}"
