"""Images that were part of a message, as data the page may hold."""

import base64
import binascii
from dataclasses import dataclass
from typing import Literal

_MEDIA_TYPE_OF_HEAD = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}


@dataclass(frozen=True, slots=True)
class Image:
    """A picture."""

    uri: str | None
    """A `data:` URI; None when the picture is of no kind that the page shows."""

    kind: Literal["image"] = "image"


def image(encoded: str) -> Image:
    """Reads base64; the bytes themselves say which kind of image they are.

    PNG, JPEG, GIF and WebP are shown. SVG is not: it is a document of its own.
    """
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return Image(None)
    media_type = _media_type(content)
    if media_type is None:
        return Image(None)
    return Image(f"data:{media_type};base64,{base64.b64encode(content).decode()}")


def _media_type(content: bytes) -> str | None:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    heads = _MEDIA_TYPE_OF_HEAD.items()
    return next((kind for head, kind in heads if content.startswith(head)), None)
