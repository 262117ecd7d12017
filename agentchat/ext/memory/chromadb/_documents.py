"""What is remembered, as Chroma's documents and metadata, and back.

Chroma's metadata are flat, so whatever is nested in a thing's own is kept as JSON beside the rest.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from agentchat.core import Image
from agentchat.core.memory import MemoryContent, MemoryMimeType

_MIME_TYPE: Final = "mime_type"
_NESTED: Final = "nested_metadata"
_FLAT: Final = (str, int, float, bool)
_TEXTS: Final = (MemoryMimeType.TEXT.value, MemoryMimeType.MARKDOWN.value)


def text_of(content: str | MemoryContent) -> str:
    """What is embedded and found.

    Raises:
        ValueError: It is no text, and JSON only if it is a dict.
    """
    if isinstance(content, str):
        return content
    mime_type = _mime_type_of(content)
    if mime_type in _TEXTS:
        return str(content.content)
    if mime_type == MemoryMimeType.JSON.value:
        if isinstance(content.content, dict):
            return json.dumps(content.content, ensure_ascii=False)
        raise ValueError("JSON content must be a dict")
    if isinstance(content.content, Image):
        raise ValueError("Image content cannot be converted to text")  # noqa: TRY004 - upstream's class
    raise ValueError(f"Unsupported content type: {content.mime_type}")


def metadata_of(content: MemoryContent) -> dict[str, Any]:
    """The metadata of a document; what is flat in them can be filtered by."""
    given = content.metadata or {}
    flat = {key: value for key, value in given.items() if isinstance(value, _FLAT)}
    nested = {key: value for key, value in given.items() if key not in flat}
    flat[_MIME_TYPE] = _mime_type_of(content)
    return flat | ({_NESTED: json.dumps(nested)} if nested else {})


def content_of(document: str, metadata: Mapping[str, Any], **found: Any) -> MemoryContent:
    """What was remembered.

    Args:
        document: Its text.
        metadata: As the database has them.
        found: Put into the metadata beside its own.
    """
    own = {key: value for key, value in metadata.items() if key not in (_MIME_TYPE, _NESTED)}
    own |= json.loads(metadata.get(_NESTED) or "{}")
    mime_type = _known(str(metadata.get(_MIME_TYPE, MemoryMimeType.TEXT.value)))
    content: str | dict[str, Any] = document
    if mime_type is MemoryMimeType.JSON:
        content = _dict_in(document)
    return MemoryContent(content=content, mime_type=mime_type, metadata=own | found)


def _mime_type_of(content: MemoryContent) -> str:
    mime_type = content.mime_type
    return mime_type.value if isinstance(mime_type, MemoryMimeType) else mime_type


def _known(name: str) -> MemoryMimeType | str:
    # Upstream writes the name of the member.
    member = name.removeprefix("MemoryMimeType.")
    if member in MemoryMimeType.__members__:
        return MemoryMimeType[member]
    return next((known for known in MemoryMimeType if known.value == name), name)


def _dict_in(document: str) -> str | dict[str, Any]:
    try:
        value = json.loads(document)
    except ValueError:
        return document  # Upstream writes no JSON there, but the dict as Python shows it.
    return value if isinstance(value, dict) else document
