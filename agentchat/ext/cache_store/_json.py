"""Values of a cache as JSON text, the form in which they may outlive the process."""

import json
from collections.abc import Callable
from typing import Any

from pydantic_core import to_json

from agentchat.core._cache_store import CacheStore


def reader_of(store: CacheStore[Any]) -> Callable[[str], Any]:
    """What gives the value under a key: where the store can, as the JSON text that it is kept as.

    A subclass that has its own way with values is asked for values.
    """
    for kind in type(store).__mro__:
        if "get_text" in vars(kind):
            reader: Callable[[str], Any] = getattr(store, "get_text")  # noqa: B009 - few have it
            return reader
        if "get" in vars(kind) or "set" in vars(kind):
            break
    return store.get


def to_text(value: Any) -> str:
    """The value as JSON; pydantic models and dataclasses become objects.

    Raises:
        pydantic_core.PydanticSerializationError: Something in it has no JSON form.
    """
    return to_json(value).decode()


def from_text(text: str | bytes) -> Any:
    """What the text says; a text that is no JSON is taken as it is.

    Raises:
        UnicodeDecodeError: The bytes are no text at all.
    """
    decoded = text.decode() if isinstance(text, bytes) else text
    try:
        return json.loads(decoded)
    except ValueError:
        return decoded
