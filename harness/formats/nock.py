"""Recordings of nock, for Node: a list of definitions in JSON.

Held against what nock 14 writes.
"""

from typing import Any

from pydantic import Field, TypeAdapter

from harness.formats._foreign import (
    HeadersOf,
    Record,
    StatusCode,
    body_bytes,
    headers_of,
    interactions_of,
    numbered,
    response,
)
from harness.formats._source import Format, Source
from harness.interactions import Cassette, Header, Headers, Interaction, Request


class _Definition(Record):
    scope: str
    method: str = "GET"
    path: str
    body: Any = None
    asked_headers: HeadersOf = Field(default=(), alias="reqheaders")
    status: StatusCode = 200
    response: Any = None
    raw_headers: Any = Field(default=None, alias="rawHeaders")
    headers: HeadersOf = ()
    is_binary: bool = Field(default=False, alias="responseIsBinary")


_DEFINITION = TypeAdapter(_Definition)


def recognises(source: Source) -> bool:
    """Whether the file has nock's layout."""
    match source.tree:
        case [{"scope": str(), "path": _}, *_]:
            return True
    return False


def read(source: Source) -> Cassette:
    """The cassette.

    Raises:
        UnreadableCassette: It is damaged.
    """
    interactions = interactions_of(source, numbered(source.tree), _DEFINITION, _made)
    return Cassette(Header(by="nock"), interactions)


FORMAT = Format("nock", (), recognises, read)


def _made(each: _Definition) -> Interaction:
    headers = _paired(each.raw_headers) or each.headers
    is_packed = any(name == "content-encoding" for name, _ in headers)
    said = _said(each.response, is_packed or each.is_binary)
    asked = Request(
        each.method.upper(), each.scope + each.path, each.asked_headers, body_bytes(each.body)
    )
    return Interaction(asked, response(each.status, headers, said))


def _paired(raw: Any) -> Headers:
    """Headers as Node has them: name, value, name, value."""
    if isinstance(raw, list) and all(isinstance(each, str) for each in raw):
        if len(raw) % 2:
            raise ValueError("a header in 'rawHeaders' has no value")
        return headers_of(list(zip(raw[::2], raw[1::2], strict=True)))
    return headers_of(raw)


def _said(stored: Any, is_hex: bool) -> bytes:
    """The body; what is no text, or compressed, stands there as hex digits, in pieces perhaps."""
    pieces = stored if isinstance(stored, list) else [stored]
    if is_hex and all(isinstance(piece, str) for piece in pieces):
        try:
            return b"".join(map(bytes.fromhex, pieces))
        except ValueError:
            pass
    return body_bytes(stored)
