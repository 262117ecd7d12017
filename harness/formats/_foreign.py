"""What other recorders' files have in common: headers in many forms, bodies in many forms."""

from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, TypeAdapter

from harness.formats._bodies import from_base64, from_json
from harness.formats._compression import decompressed, unpacked
from harness.formats._source import Kind, Source
from harness.formats._unwrapping import unwrapped
from harness.formats._yaml_reading import Keys
from harness.interactions import Chunk, Headers, Interaction, Response, grouped

_BODY_KEYS = frozenset({"string", "base64_string", "raw_gzip", "encoding", "file"})
# What YAML's readers take for no; of a body in a file of its own, `string` is the path.
_NO_FILE = (None, False, "", "no", "false")
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
        if body.get("file") not in _NO_FILE:
            raise ValueError("the body lies in a file of its own")
        if body.get("base64_string") is not None:
            return from_base64(_text(body["base64_string"]))
        if body.get("raw_gzip") is not None:
            return unpacked(from_base64(_text(body["raw_gzip"])))
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
    return grouped(
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


def _code(status: Any) -> Any:
    match status:
        case {"code": code} | {"status_code": code} | [code, *_]:
            return code
        case str():
            # With the reason behind it: `200 OK`.
            return status.partition(" ")[0]
    return status


StatusCode = Annotated[int, Field(ge=100, le=999), BeforeValidator(_code)]
"""A field that holds an HTTP status: alone, with its reason, or in a mapping."""


def response(status: int, headers: Headers, body: bytes, duration_ns: int = 0) -> Response:
    """What was answered, as a client reads it: in one piece, and decompressed."""
    headers, body = unwrapped(headers, body)
    headers, chunks = decompressed(headers, [Chunk(0, body)])
    return Response(status, headers, b"".join(chunk.data for chunk in chunks), duration_ns)


def interactions_of(
    source: Source,
    listed: Iterable[tuple[Keys, Any]],
    kind: TypeAdapter[Kind],
    made: Callable[[Kind], Interaction],
) -> tuple[Interaction, ...]:
    """The interactions that a file lists.

    Args:
        source: The file.
        listed: Each as the file says it, with the way to it.
        kind: The record that each is.
        made: Makes an interaction of the record.

    Raises:
        UnreadableCassette: One of them is damaged.
    """
    interactions = []
    for keys, tree in listed:
        each = source.validated(kind, tree, keys)
        with source.reading(keys):
            interactions.append(made(each))
    return tuple(interactions)


def numbered(listed: Iterable[Any], *keys: str | int) -> list[tuple[Keys, Any]]:
    """The items of a list with the way to each; the keys lead to the list."""
    return [((*keys, number), each) for number, each in enumerate(listed)]


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


def _values(values: Any) -> Iterator[Any]:
    if not isinstance(values, list):
        yield values
        return
    for each in values:
        yield from _values(each)


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, bool):
        return str(value).lower()
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
