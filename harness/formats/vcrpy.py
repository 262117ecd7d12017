"""Cassettes of vcrpy, in YAML and JSON, from its first layout on; also with parsed bodies."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict

from harness.cassette import Cassette, Chunk, Header, Interaction, Request, Response
from harness.formats._bodies import from_base64, from_json
from harness.formats._compression import decompressed
from harness.formats._source import Format, Source

Body = str | bytes | dict[str, Any] | list[Any] | None
Value = str | bytes | int | float
StoredHeaders = dict[str | bytes, Value | list[Value] | None] | list[str] | None


class _Record(BaseModel):
    # Recorders and their plugins add keys of their own.
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Request(_Record):
    method: str
    uri: str | None = None
    headers: StoredHeaders = None
    body: Body = None
    parsed_body: Any = None
    protocol: str = "http"
    """This and the next three stood in place of `uri` at first."""

    host: str = ""
    port: int | None = None
    path: str = "/"

    @property
    def url(self) -> str:
        port = "" if self.port in (None, 80, 443) else f":{self.port}"
        return self.uri or f"{self.protocol}://{self.host}{port}{self.path}"


class _Status(_Record):
    code: int


class _Response(_Record):
    status: _Status | None = None
    status_code: int | None = None
    """In place of `status`, like `content` for `body`: httpx's recordings at first."""

    headers: StoredHeaders = None
    body: Body = None
    content: str | bytes | None = None
    parsed_body: Any = None


class _Interaction(_Record):
    request: _Request
    response: _Response


class _Cassette(_Record):
    interactions: list[_Interaction]


def recognises(source: Source) -> bool:
    """Whether the file has vcrpy's layout, or the one from before it had versions."""
    interactions = _listed(source.tree)
    if not interactions:
        return interactions == []
    first = interactions[0]
    request = first.get("request") if isinstance(first, dict) else None
    return isinstance(request, dict) and ("uri" in request or "protocol" in request)


def read(source: Source) -> Cassette:
    """The cassette.

    Raises:
        UnreadableCassette: It is damaged.
    """
    file = source.validated(_Cassette, {"interactions": _listed(source.tree)})
    interactions = []
    for number, each in enumerate(file.interactions):
        try:
            interactions.append(Interaction(_request(each.request), _response(each.response)))
        except ValueError as error:
            raise source.problem(str(error), ("interactions", number)) from error
    return Cassette(Header(by="vcrpy"), tuple(interactions))


FORMAT = Format("vcrpy", recognises, read)


def _listed(tree: Any) -> list[Any] | None:
    listed = tree.get("interactions") if isinstance(tree, dict) else tree
    return listed if isinstance(listed, list) else None


def _request(stored: _Request) -> Request:
    body = _content(stored.body if stored.parsed_body is None else stored.parsed_body)
    return Request(stored.method, stored.url, tuple(_headers(stored.headers)), body)


def _response(stored: _Response) -> Response:
    status = stored.status.code if stored.status else stored.status_code
    if status is None:
        raise ValueError("the response has no status")
    parts = (stored.parsed_body, stored.body, stored.content)
    body = _content(next((part for part in parts if part is not None), None))
    headers, chunks = decompressed(tuple(_headers(stored.headers)), [Chunk(0, body)])
    return Response(status, headers, b"".join(chunk.data for chunk in chunks), duration_ns=0)


def _content(body: Body) -> bytes:
    """A body's bytes: it is text, bytes, either of them in a mapping, or JSON that was parsed."""
    if isinstance(body, dict) and set(body) <= {"string", "base64_string", "encoding"}:
        coded = body.get("base64_string")
        return _content(body.get("string")) if coded is None else from_base64(str(coded))
    if body is None:
        return b""
    if isinstance(body, bytes):
        return body
    return body.encode() if isinstance(body, str) else from_json(body)


def _headers(stored: StoredHeaders) -> Iterator[tuple[str, str]]:
    if isinstance(stored, list):
        # The first layout: each header as one text.
        stored = dict(line.partition(":")[::2] for line in stored)
    for name, values in (stored or {}).items():
        for value in values if isinstance(values, list) else [values]:
            if value is not None:
                yield _text(name).strip(), _text(value).strip()


def _text(value: Value) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
