"""Cassettes of vcrpy, in YAML and JSON, from its first layout on.

Plugins change the layout: pydantic-ai parses the bodies, LangChain keeps requests and responses in
two lists and packs the file. Held against the recordings of twelve projects, LangChain among them,
and the code of vcrpy's own migration.
"""

from typing import Any

from pydantic import TypeAdapter, model_validator

from harness.formats._foreign import (
    BodyOf,
    HeadersOf,
    ParsedBodyOf,
    Record,
    StatusCode,
    interactions_of,
    numbered,
    response,
)
from harness.formats._source import Format, Source
from harness.formats._yaml_reading import Keys
from harness.interactions import Cassette, Header, Interaction, Request, Response


class _Message(Record):
    headers: HeadersOf = ()
    body: BodyOf = b""
    parsed_body: ParsedBodyOf = None

    @model_validator(mode="before")
    @classmethod
    def _with_no_other_body(cls, stored: Any) -> Any:
        for name in stored if isinstance(stored, dict) else ():
            if "body" in str(name) and name not in cls.model_fields:
                raise ValueError(f"{name!r} has no meaning that is known here")
        return stored


class _Request(_Message):
    method: str
    uri: str | None = None
    protocol: str = "http"
    """This and the next three stood in place of `uri` at first."""

    host: str = ""
    port: int | None = None
    path: str = "/"

    @property
    def url(self) -> str:
        port = "" if self.port in (None, 80, 443) else f":{self.port}"
        return self.uri or f"{self.protocol}://{self.host}{port}{self.path}"


class _Response(_Message):
    status: StatusCode | None = None
    status_code: StatusCode | None = None
    """In place of `status`, like `content` for `body`: httpx's recordings at first."""

    content: BodyOf = b""


class _Interaction(Record):
    request: _Request
    response: _Response


_INTERACTION = TypeAdapter(_Interaction)


def recognises(source: Source) -> bool:
    """Whether the file has vcrpy's layout, or the one from before it had versions."""
    found = _interactions(source)
    if not found:
        return found == []
    first = found[0][1]
    request = first.get("request") if isinstance(first, dict) else None
    return isinstance(request, dict) and ("uri" in request or "protocol" in request)


def read(source: Source) -> Cassette:
    """The cassette.

    Raises:
        UnreadableCassette: It is damaged.
    """
    listed = _interactions(source) or ()
    return Cassette(Header(by="vcrpy"), interactions_of(source, listed, _INTERACTION, _made))


FORMAT = Format("vcrpy", ("interactions", "requests", "responses"), recognises, read)


def _interactions(source: Source) -> list[tuple[Keys, Any]] | None:
    """The interactions with the way to each; None if the file has no such lists."""
    match source.tree:
        case {"interactions": list(listed)}:
            return numbered(listed, "interactions")
        case {"requests": list(requests), "responses": list(responses)}:
            if len(requests) != len(responses):
                counts = f"{len(requests)} requests and {len(responses)} responses"
                raise source.problem(f"{counts}, so it is not known which belong together")
            pairs = zip(requests, responses, strict=True)
            return [
                (("requests", number), {"request": request, "response": response})
                for number, (request, response) in enumerate(pairs)
            ]
        case list(listed):
            return numbered(listed)
    return None


def _made(stored: _Interaction) -> Interaction:
    return Interaction(_request(stored.request), _response(stored.response))


def _request(stored: _Request) -> Request:
    body = stored.body if stored.parsed_body is None else stored.parsed_body
    return Request(stored.method.upper(), stored.url, stored.headers, body)


def _response(stored: _Response) -> Response:
    status = stored.status or stored.status_code
    if status is None:
        raise ValueError("the response has no status")
    body = stored.parsed_body if stored.parsed_body is not None else stored.body or stored.content
    return response(status, stored.headers, body)
