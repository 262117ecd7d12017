"""Recordings of the Azure SDKs' test proxy: one JSON file a test."""

from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from harness.formats._bodies import from_base64
from harness.formats._foreign import (
    HeadersOf,
    Record,
    StatusCode,
    body_bytes,
    interactions_of,
    numbered,
    response,
)
from harness.formats._source import Format, Source
from harness.formats._unwrapping import is_of_text
from harness.interactions import Cassette, Header, Headers, Interaction, Request


class _Entry(Record):
    url: str = Field(alias="RequestUri")
    method: str = Field(alias="RequestMethod")
    asked_headers: HeadersOf = Field(default=(), alias="RequestHeaders")
    asked: Any = Field(default=None, alias="RequestBody")
    status: Annotated[StatusCode, Field(alias="StatusCode")]
    headers: HeadersOf = Field(default=(), alias="ResponseHeaders")
    said: Any = Field(default=None, alias="ResponseBody")


_ENTRY = TypeAdapter(_Entry)


def recognises(source: Source) -> bool:
    """Whether the file has the test proxy's layout."""
    match source.tree:
        case {"Entries": list()}:
            return True
    return False


def read(source: Source) -> Cassette:
    """The cassette.

    Raises:
        UnreadableCassette: It is damaged.
    """
    listed = numbered(source.tree["Entries"], "Entries")
    by = Header(by="Azure SDK test proxy")
    return Cassette(by, interactions_of(source, listed, _ENTRY, _made))


FORMAT = Format("Azure test proxy", ("Entries",), recognises, read)


def _made(entry: _Entry) -> Interaction:
    asked = _body(entry.asked, entry.asked_headers)
    said = _body(entry.said, entry.headers)
    return Interaction(
        Request(entry.method.upper(), entry.url, entry.asked_headers, asked),
        response(entry.status, entry.headers, said),
    )


def _body(stored: Any, headers: Headers) -> bytes:
    if isinstance(stored, list) and stored and all(isinstance(line, str) for line in stored):
        # A text of several lines; the line ends are in them.
        return "".join(stored).encode() if stored[0].endswith("\n") else body_bytes(stored)
    if isinstance(stored, str) and not is_of_text(headers):
        try:
            return from_base64(stored)
        except ValueError:
            return stored.encode()
    return body_bytes(stored)
