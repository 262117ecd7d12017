"""Values of a cache as JSON text, the form in which they may outlive the process."""

import json
from typing import Any

from pydantic_core import to_json


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
