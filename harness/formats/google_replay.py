"""Recordings of Google's test server and of its Gen AI SDKs: JSON, a body in segments."""

from typing import Annotated, Any

from pydantic import AliasChoices, Field, TypeAdapter

from harness.formats._bodies import from_json
from harness.formats._foreign import (
    HeadersOf,
    Record,
    StatusCode,
    interactions_of,
    numbered,
    response,
)
from harness.formats._source import Format, Source
from harness.interactions import Cassette, Header, Interaction, Request

_Segments = Annotated[
    list[Any], Field(validation_alias=AliasChoices("bodySegments", "body_segments"))
]


class _Request(Record):
    method: str = "POST"
    url: str
    headers: HeadersOf = ()
    body: _Segments = []
    protocol: str = "https"
    host: str = Field(default="", alias="serverAddress")
    port: int = 443

    @property
    def address(self) -> str:
        port = "" if self.port in (80, 443) else f":{self.port}"
        return f"{self.protocol}://{self.host}{port}{self.url}" if self.host else self.url


class _Response(Record):
    status: StatusCode = Field(validation_alias=AliasChoices("statusCode", "status_code"))
    headers: HeadersOf = ()
    body: _Segments = []


class _Interaction(Record):
    request: _Request
    response: _Response


_INTERACTION = TypeAdapter(_Interaction)


def recognises(source: Source) -> bool:
    """Whether the file has the layout of such recordings."""
    match source.tree:
        case {"interactions": [{"request": {"bodySegments": _} | {"body_segments": _}}, *_]}:
            return True
    return False


def read(source: Source) -> Cassette:
    """The cassette.

    Raises:
        UnreadableCassette: It is damaged.
    """
    listed = numbered(source.tree["interactions"], "interactions")
    by = Header(by="Google test server")
    return Cassette(by, interactions_of(source, listed, _INTERACTION, _made))


FORMAT = Format("Google test server", (), recognises, read)


def _made(each: _Interaction) -> Interaction:
    asked, said = each.request, each.response
    is_stream = "alt=sse" in asked.url
    return Interaction(
        Request(asked.method.upper(), asked.address, asked.headers, _joined(asked.body)),
        response(
            said.status, said.headers, _events(said.body) if is_stream else _joined(said.body)
        ),
    )


def _joined(segments: list[Any]) -> bytes:
    return b"".join(map(from_json, segments))


def _events(segments: list[Any]) -> bytes:
    return b"".join(b"data: " + from_json(each) + b"\r\n\r\n" for each in segments)
