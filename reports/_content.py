"""What a message holds, whoever wrote it: text, code, pictures, tool calls.

A trace outlives the code that made it, and a custom message may hold anything. So nothing here
trusts a shape: what has the expected one is shown well, everything else as JSON.
"""

from collections.abc import Mapping
from typing import Any

from reports._code import json_code
from reports._images import Image, image
from reports._prose import Piece, pieces

Part = Piece | Image


def parts(content: Any) -> tuple[Part, ...]:
    """The content of a message: text, or a list of texts, pictures and other things."""
    if isinstance(content, str):
        return pieces(content)
    if isinstance(content, list):
        return tuple(part for element in content for part in _element(element))
    return () if content is None else (json_code(content),)


def _element(element: Any) -> tuple[Part, ...]:
    if isinstance(element, str):
        return pieces(element)
    if isinstance(element, dict):
        encoded = _picture(element)
        if encoded is not None:
            return (image(encoded),)
        if isinstance(element.get("text"), str):
            return pieces(element["text"])
    return (json_code(element),)


def _picture(element: Mapping[str, Any]) -> str | None:
    """The base64 of a message's picture, or of a chat completion's."""
    if isinstance(element.get("data"), str):
        return str(element["data"])
    url = element.get("image_url")
    if isinstance(url, dict):
        url = url.get("url")
    if isinstance(url, str) and url.startswith("data:image/"):
        return url.partition(";base64,")[2]
    return None


def records(value: Any) -> tuple[dict[str, Any], ...]:
    """The JSON objects of a list; empty when it is no list of objects."""
    if isinstance(value, list | tuple) and all(isinstance(element, dict) for element in value):
        return tuple(value)
    return ()


def word(record: Mapping[str, Any], key: str) -> str:
    """A field as text; empty when it is missing or null."""
    value = record.get(key)
    return "" if value is None else str(value)
