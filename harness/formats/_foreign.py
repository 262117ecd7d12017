"""What other recorders' files have in common: headers in many forms, bodies in many forms."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainValidator

from harness.formats._bodies import from_base64, from_json
from harness.formats._compression import decompressed
from harness.interactions import Chunk, Headers, Response

_BODY_KEYS = frozenset({"string", "base64_string", "encoding"})
# Ruby's names for text that is nothing but bytes; what it holds is UTF-8 or ASCII.
_NO_ENCODING = frozenset({"ascii-8bit", "binary", "us-ascii", "ascii", "utf-8", ""})


class Record(BaseModel):
    """A part of another recorder's file; recorders and their plugins add keys of their own."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def body_bytes(body: Any) -> bytes:
    """A body's bytes: it is text, bytes, either of them in a mapping, or JSON that was parsed.

    Raises:
        ValueError: It is nothing of this.
    """
    if isinstance(body, dict) and body and body.keys() <= _BODY_KEYS:
        coded = body.get("base64_string")
        if coded is not None:
            return from_base64(_text(coded))
        text = body.get("string")
        encoding = body.get("encoding")
        return _encoded(text, encoding) if isinstance(text, str) else body_bytes(text)
    if body is None:
        return b""
    if isinstance(body, bytes):
        return body
    return body.encode() if isinstance(body, str) else from_json(body)


def headers_of(stored: Any) -> Headers:
    """Headers from a mapping to a value or several, pairs, records with name and value, or lines.

    Raises:
        ValueError: They have no such form.
    """
    if stored is None:
        return ()
    pairs = stored.items() if isinstance(stored, dict) else map(_pair, _listed(stored))
    return tuple(
        (_text(name).strip().lower(), _text(value).strip())
        for name, values in pairs
        for value in _values(values)
        if value is not None
    )


HeadersOf = Annotated[Headers, PlainValidator(headers_of)]
"""A field that holds headers in whatever form."""

BodyOf = Annotated[bytes, PlainValidator(body_bytes)]
"""A field that holds a body in whatever form."""

ParsedBodyOf = Annotated[
    bytes | None, PlainValidator(lambda body: None if body is None else from_json(body))
]
"""A field that holds the JSON that was parsed from a body; None if there is none."""

StatusCode = Annotated[int, Field(ge=100, le=999)]
"""A field that holds an HTTP status."""


def response(status: int, headers: Headers, body: bytes, duration_ns: int = 0) -> Response:
    """What was answered, decompressed."""
    headers, chunks = decompressed(headers, [Chunk(0, body)])
    return Response(status, headers, b"".join(chunk.data for chunk in chunks), duration_ns)


def _listed(stored: Any) -> list[Any]:
    if isinstance(stored, list):
        return stored
    raise ValueError(f"headers are a mapping or a list, not {stored!r:.40}")


def _pair(header: Any) -> tuple[Any, Any]:
    match header:
        case str():
            name, _, value = header.partition(":")
            return name, value
        case {"name": name, "value": value}:
            return name, value
        case [name, value]:
            return name, value
    raise ValueError(f"{header!r:.40} is no header")


def _values(values: Any) -> Iterable[Any]:
    return values if isinstance(values, list) else [values]


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, str | int | float):
        return str(value)
    raise ValueError(f"{value!r:.40} is no text")


def _encoded(text: str, encoding: Any) -> bytes:
    """Text in the encoding in which it was received, if that is known and holds it."""
    if str(encoding or "").lower() in _NO_ENCODING:
        return text.encode()
    try:
        return text.encode(str(encoding))
    except (LookupError, UnicodeError):
        return text.encode()
